// Italian.

import type { Labels } from "../inbox/labels.ts";

export const labels: Labels = {
  heading: "Notifiche",
  bell: (unread) => (unread ? `Notifiche, ${unread} da leggere` : "Notifiche"),
  empty: "Nessuna novità",
  unread: "Da leggere",
  dismissed: "Archiviata",
  high: "Priorità alta",
  low: "Priorità bassa",
  raw: "Messaggio",
  markAllRead: "Segna tutte come lette",
  markRead: "Segna come letta",
  markUnread: "Segna come da leggere",
  dismiss: "Archivia",
  restore: "Ripristina",
  of: (button, title) => `${button}: ${title}`,
  answered: (action, platform) => `Risposta: ${action}${platform && ` (${platform})`}`,
  more: "Mostra altre",
  loading: "Caricamento…",
  arrived: (titles) => (titles.length > 3 ? `${titles.length} nuove notifiche` : `Novità: ${titles.join("; ")}`),
  connecting: "Connessione…",
  waiting: "Connessione persa. Nuovo tentativo…",
  stopped: "Non connesso",
  reconnect: "Riprova ora",
  failed: "Impossibile apportare la modifica",
  tabAll: "Tutte",
  tabUnread: "Da leggere",
  tabDismissed: "Archiviate",
  emptyTab: "Qui non c’è nulla",
  close: "Chiudi",
};
