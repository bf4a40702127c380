// The message by which a service worker asks an open window to show a notification's page.

/** The worker's request to a window; it answers `true` on the port where it takes the person there. */
export interface Opening {
  notifeed: "open";
  id: string;
  owner: string;
  link?: string;
}
