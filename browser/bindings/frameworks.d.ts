// What the bindings use of the frameworks, so that they compile where none is installed. Their real types are held
// against the bindings by tests/package.

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
