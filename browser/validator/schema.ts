// `notifeed/schema`: the request body as a JSON Schema.

import json from "../../schema/notification.schema.json" with { type: "json" };

/** The request body as a JSON Schema (2020-12): for forms and editors. The validator knows more than it can say. */
export const schema: Record<string, unknown> = json;
