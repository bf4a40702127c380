// The frameworks' functions that the bindings use, so that these compile where no framework is installed. tests/package
// compiles them with the real types.

declare module "react" {
  export function useCallback<Callback>(callback: Callback, dependencies: readonly unknown[]): Callback;
  export function useSyncExternalStore<Value>(
    subscribe: (changed: () => void) => () => void,
    snapshot: () => Value,
    serverSnapshot: () => Value,
  ): Value;
}

declare module "vue" {
  export interface ShallowRef<Value> {
    value: Value;
  }
  export type MaybeRefOrGetter<Value> = Value | { readonly value: Value } | (() => Value);
  export function shallowRef<Value>(value: Value): ShallowRef<Value>;
  export function toRaw<Value>(value: Value): Value;
  export function toValue<Value>(source: MaybeRefOrGetter<Value>): Value;
  export function watchEffect(
    effect: (onCleanup: (cleanup: () => void) => void) => void,
    options: { flush: "sync" },
  ): unknown;
}
