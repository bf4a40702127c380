// @exodus/schemasafe, compiled ahead of time (`toModule`): the first error only, and all of them.
import all from "generated:schemasafe-all";
import first from "generated:schemasafe-first";
import { parse } from "./parse.mjs";

export function verdict(text) {
  const value = parse(text);
  return value !== undefined && first(value);
}

export const verdictOfObject = (object) => first(object);

export function report(text) {
  const value = parse(text);
  if (value === undefined) return [{ instanceLocation: "#" }];
  return all(value) ? null : all.errors;
}

export const paths = (errors) => errors.map((error) => error.instanceLocation.slice(2).split("/"));
