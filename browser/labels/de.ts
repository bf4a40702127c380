// German.

import type { Labels } from "../inbox/labels.ts";

export const labels: Labels = {
  heading: "Mitteilungen",
  bell: (unread) => (unread ? `Mitteilungen, ${unread} ungelesen` : "Mitteilungen"),
  empty: "Nichts Neues",
  unread: "Ungelesen",
  dismissed: "Erledigt",
  high: "Hohe Priorität",
  low: "Niedrige Priorität",
  raw: "Nachricht",
  markAllRead: "Alle als gelesen markieren",
  markRead: "Als gelesen markieren",
  markUnread: "Als ungelesen markieren",
  dismiss: "Als erledigt ablegen",
  restore: "Wiederherstellen",
  of: (button, title) => `${button}: ${title}`,
  answered: (action, platform) => `Beantwortet: ${action}${platform && ` (${platform})`}`,
  more: "Mehr anzeigen",
  loading: "Wird geladen…",
  arrived: (titles) => (titles.length > 3 ? `${titles.length} neue Mitteilungen` : `Neu: ${titles.join("; ")}`),
  connecting: "Verbindung wird hergestellt…",
  waiting: "Verbindung verloren. Neuer Versuch…",
  stopped: "Nicht verbunden",
  reconnect: "Jetzt versuchen",
  failed: "Die Änderung war nicht möglich",
  tabAll: "Alle",
  tabUnread: "Ungelesen",
  tabDismissed: "Erledigt",
  emptyTab: "Hier ist nichts",
  close: "Schließen",
};
