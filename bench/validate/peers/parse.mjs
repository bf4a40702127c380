/** JSON text as a value; `undefined` when it isn't JSON. */
export function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
