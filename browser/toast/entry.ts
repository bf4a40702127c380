// `notifeed/toast`. Importing it does nothing, and works where there is no DOM.

export { showToasts, type ToastOptions } from "./toast.ts";
