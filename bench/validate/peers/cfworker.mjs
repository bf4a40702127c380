// @cfworker/json-schema: interprets the schema, without generating code.
import { Validator } from "@cfworker/json-schema";
import schema from "generated:schema";
import { parse } from "./parse.mjs";

const first = new Validator(schema, "2020-12", true);
const all = new Validator(schema, "2020-12", false);

export function verdict(text) {
  const value = parse(text);
  return value !== undefined && first.validate(value).valid;
}

export const verdictOfObject = (object) => first.validate(object).valid;

export function report(text) {
  const value = parse(text);
  if (value === undefined) return [{ instanceLocation: "#" }];
  const { valid, errors } = all.validate(value);
  return valid ? null : errors;
}

export const paths = (errors) => errors.map((error) => error.instanceLocation.slice(2).split("/"));
