import { readFileSync } from "node:fs";

/** notifeed's own JSON Schema, without what validates nothing and would only weigh. */
export const schema = JSON.parse(
  readFileSync(new URL("../../schema/notification.schema.json", import.meta.url), "utf8"),
  (name, value) =>
    (["title", "description"].includes(name) && typeof value === "string") ||
    name === "$comment" ||
    name === "examples" ||
    name === "default"
      ? undefined
      : value,
);
