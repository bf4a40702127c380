// French.

import type { Labels } from "../inbox/labels.ts";

export const labels: Labels = {
  heading: "Notifications",
  bell: (unread) => (unread ? `Notifications, non lues : ${unread}` : "Notifications"),
  empty: "Rien de nouveau",
  unread: "Non lue",
  dismissed: "Écartée",
  high: "Priorité haute",
  low: "Priorité basse",
  raw: "Message",
  markAllRead: "Tout marquer comme lu",
  markRead: "Marquer comme lue",
  markUnread: "Marquer comme non lue",
  dismiss: "Écarter",
  restore: "Rétablir",
  of: (button, title) => `${button} : ${title}`,
  answered: (action, platform) => `Réponse : ${action}${platform && ` (${platform})`}`,
  more: "Afficher plus",
  loading: "Chargement…",
  arrived: (titles) =>
    titles.length > 3 ? `${titles.length} nouvelles notifications` : `Nouveau : ${titles.join(" ; ")}`,
  connecting: "Connexion…",
  waiting: "Connexion perdue. Nouvelle tentative…",
  stopped: "Non connecté",
  reconnect: "Réessayer",
  failed: "La modification n’a pas pu être faite",
  tabAll: "Toutes",
  tabUnread: "Non lues",
  tabDismissed: "Écartées",
  emptyTab: "Rien ici",
  close: "Fermer",
};
