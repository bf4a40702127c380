// The files of the console: bound one by one, by a list that scripts/binary.mjs writes.

/** @typedef {{ binding: string, headers: Record<string, string> }} File */

/**
 * The answer with a file; `undefined`: there is none at the path.
 * @param {Request} request
 * @param {string} path with its query
 * @param {any} env
 */
export function fileOf(request, path, env) {
  if (request.method !== "GET" && request.method !== "HEAD") return undefined;
  const [name] = path.split(/[?#]/, 1);
  /** @type {Record<string, File>} */
  const files = env.FILES;
  // A page's path is its file's without the ending.
  const key = [name, name === "/" ? "/index.html" : `${name}.html`].find((key) => Object.hasOwn(files, key));
  if (key === undefined) return undefined;
  const { binding, headers } = files[key];
  if (request.headers.get("If-None-Match") === headers.ETag) return new Response(null, { status: 304, headers });
  return new Response(request.method === "HEAD" ? null : env[binding], { headers });
}
