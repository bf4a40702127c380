// The wasm instances that the Worker makes, in order. Imported before the Worker, whose first instance is
// made as its module is loaded.

/** @type {WebAssembly.Instance[]} */
export const instances = [];

WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(target, [module, imports]) {
    const instance = new target(module, imports);
    instances.push(instance);
    return instance;
  },
});
