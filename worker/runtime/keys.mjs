// Keys of KV, all pages of a list.

/**
 * The keys that begin so, with their metadata, in their order.
 * @param {KVNamespace} store
 * @param {string} prefix
 */
export async function* keysOf(store, prefix) {
  for (let cursor; ;) {
    /** @type {KVNamespaceListResult<any>} */
    const page = await store.list({ prefix, cursor });
    yield* page.keys;
    if (page.list_complete) return;
    cursor = page.cursor;
  }
}
