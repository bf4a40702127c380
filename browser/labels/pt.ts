// Portuguese.

import type { Labels } from "../inbox/labels.ts";

export const labels: Labels = {
  heading: "Notificações",
  bell: (unread) => (unread ? `Notificações, ${unread} por ler` : "Notificações"),
  empty: "Nada de novo",
  unread: "Por ler",
  dismissed: "Dispensada",
  high: "Prioridade alta",
  low: "Prioridade baixa",
  raw: "Mensagem",
  markAllRead: "Marcar tudo como lido",
  markRead: "Marcar como lida",
  markUnread: "Marcar como não lida",
  dismiss: "Dispensar",
  restore: "Restaurar",
  of: (button, title) => `${button}: ${title}`,
  answered: (action, platform) => `Respondida: ${action}${platform && ` (${platform})`}`,
  more: "Mostrar mais",
  loading: "A carregar…",
  arrived: (titles) => (titles.length > 3 ? `${titles.length} novas notificações` : `Novidades: ${titles.join("; ")}`),
  connecting: "A ligar…",
  waiting: "Ligação perdida. Nova tentativa…",
  stopped: "Sem ligação",
  reconnect: "Tentar agora",
  failed: "Não foi possível fazer a alteração",
  tabAll: "Todas",
  tabUnread: "Por ler",
  tabDismissed: "Dispensadas",
  emptyTab: "Nada aqui",
  close: "Fechar",
};
