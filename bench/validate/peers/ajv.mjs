// ajv, compiled ahead of time (its standalone code): the first error only, and all of them.
import all from "generated:ajv-all";
import first from "generated:ajv-first";
import { parse } from "./parse.mjs";

export function verdict(text) {
  const value = parse(text);
  return value !== undefined && first(value);
}

export const verdictOfObject = (object) => first(object);

export function report(text) {
  const value = parse(text);
  if (value === undefined) return [{ instancePath: "" }];
  return all(value) ? null : all.errors;
}

export const paths = (errors) => errors.map((error) => error.instancePath.slice(1).split("/"));
