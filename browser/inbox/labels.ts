// Every word that the inbox and the toast say.

/** The words. Another language is another object of these: `notifeed/labels/…`, or the app's own. */
export interface Labels {
  /** The heading of the panel. */
  heading: string;
  /** The bell, as it is read out. */
  bell: (unread: number) => string;
  /** Nothing to show. */
  empty: string;
  unread: string;
  dismissed: string;
  high: string;
  low: string;
  /** The title of a notification that has none, or only raw content. */
  raw: string;
  markAllRead: string;
  markRead: string;
  markUnread: string;
  dismiss: string;
  restore: string;
  /** A button of one notification, as it is read out. */
  of: (button: string, title: string) => string;
  /** How a notification was answered, and on which platform: "iOS"; "": it isn't known. */
  answered: (action: string, platform: string) => string;
  more: string;
  /** Older notifications are on their way. */
  loading: string;
  /** Read out when notifications arrive. */
  arrived: (titles: readonly string[]) => string;
  connecting: string;
  waiting: string;
  stopped: string;
  reconnect: string;
  /** A change was refused, and taken back. */
  failed: string;
  /** The tabs. */
  tabAll: string;
  tabUnread: string;
  tabDismissed: string;
  /** Nothing to show in a tab. */
  emptyTab: string;
  /** Closes a toast. */
  close: string;
}

/** English. */
export const LABELS: Labels = {
  heading: "Notifications",
  bell: (unread) => (unread ? `Notifications, ${unread} unread` : "Notifications"),
  empty: "Nothing new",
  unread: "Unread",
  dismissed: "Dismissed",
  high: "High priority",
  low: "Low priority",
  raw: "Message",
  markAllRead: "Mark all read",
  markRead: "Mark read",
  markUnread: "Mark unread",
  dismiss: "Dismiss",
  restore: "Restore",
  of: (button, title) => `${button}: ${title}`,
  answered: (action, platform) => `Answered: ${action}${platform && ` (${platform})`}`,
  more: "Show more",
  loading: "Loading…",
  arrived: (titles) => (titles.length > 3 ? `${titles.length} new notifications` : `New: ${titles.join("; ")}`),
  connecting: "Connecting…",
  waiting: "Connection lost. Trying again…",
  stopped: "Not connected",
  reconnect: "Try now",
  failed: "That couldn’t be changed",
  tabAll: "All",
  tabUnread: "Unread",
  tabDismissed: "Dismissed",
  emptyTab: "Nothing here",
  close: "Close",
};
