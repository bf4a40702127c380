// Spanish.

import type { Labels } from "../inbox/labels.ts";

export const labels: Labels = {
  heading: "Notificaciones",
  bell: (unread) => (unread ? `Notificaciones, ${unread} sin leer` : "Notificaciones"),
  empty: "Nada nuevo",
  unread: "Sin leer",
  dismissed: "Descartada",
  high: "Prioridad alta",
  low: "Prioridad baja",
  raw: "Mensaje",
  markAllRead: "Marcar todo como leído",
  markRead: "Marcar como leída",
  markUnread: "Marcar como no leída",
  dismiss: "Descartar",
  restore: "Restaurar",
  of: (button, title) => `${button}: ${title}`,
  answered: (action, platform) => `Respondida: ${action}${platform && ` (${platform})`}`,
  more: "Mostrar más",
  loading: "Cargando…",
  arrived: (titles) =>
    titles.length > 3 ? `${titles.length} notificaciones nuevas` : `Novedades: ${titles.join("; ")}`,
  connecting: "Conectando…",
  waiting: "Se perdió la conexión. Reintentando…",
  stopped: "Sin conexión",
  reconnect: "Reintentar ahora",
  failed: "No se pudo hacer el cambio",
  tabAll: "Todas",
  tabUnread: "Sin leer",
  tabDismissed: "Descartadas",
  emptyTab: "No hay nada aquí",
  close: "Cerrar",
};
