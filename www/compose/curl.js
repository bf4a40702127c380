// The request as a curl command, to be pasted into a shell.

import { hasBody, headersOf, withSender } from "./request.js";

/** The names that `make token` takes as they are; anything else could mean something to make or to the shell. */
const PLAIN_NAME = /^[\w.@+-]+$/;

/**
 * A word that a POSIX shell takes as it is.
 * @param {string} text
 */
export function shellQuoted(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * The command.
 * @param {import("./request.js").Request} request
 * @param {URL} url
 * @param {Record<string, string>} sender the headers that say who sends, `Authorization` aside
 * @param {string} authorization as a shell word, already quoted
 */
export function curl(request, url, sender, authorization) {
  const written = headersOf(request);
  const hasOwn = written.some(([name]) => name.toLowerCase() === "authorization");
  const words = [
    `curl -i ${shellQuoted(url.href)}`,
    ...(request.method === (hasBody(request) ? "POST" : "GET") ? [] : [methodOption(request.method)]),
    // In a URL curl would take these characters for a pattern.
    ...(/[[\]{}]/.test(url.href) ? ["--globoff"] : []),
    ...(hasOwn ? [] : [`-H ${authorization}`]),
    ...withSender(written, sender).map(([name, value]) => `-H ${shellQuoted(headerLine(name, value))}`),
    ...(hasBody(request) ? contentOptions(request, written) : []),
  ];
  return words.join(" \\\n  ");
}

/** @param {string} method */
function methodOption(method) {
  return method === "HEAD" ? "--head" : `-X ${shellQuoted(method)}`;
}

/**
 * @param {string} name
 * @param {string} value
 */
function headerLine(name, value) {
  // For curl, a name with only a colon removes a header.
  return value === "" ? `${name};` : `${name}: ${value}`;
}

/**
 * @param {import("./request.js").Request} request
 * @param {[string, string][]} written
 */
function contentOptions({ body }, written) {
  const named = written.some(([name]) => name.toLowerCase() === "content-type");
  // By default curl sends the content type of a form.
  return [...(named ? [] : ["-H 'Content-Type:'"]), `--data-raw ${shellQuoted(body)}`];
}

/**
 * The header that says who sends, by a token that the shell asks for when it is needed.
 * @param {{ as: string } | { app: string }} whose
 */
export function tokenOnDemand(whose) {
  const [[kind, name]] = Object.entries(whose);
  const token = PLAIN_NAME.test(name) ? `$(make -s token ${kind}=${name})` : "$TOKEN";
  return `"Authorization: Bearer ${token}"`;
}
