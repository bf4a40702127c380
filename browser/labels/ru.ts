// Russian.

import type { Labels } from "../inbox/labels.ts";

export const labels: Labels = {
  heading: "Уведомления",
  bell: (unread) => (unread ? `Уведомления, непрочитанных: ${unread}` : "Уведомления"),
  empty: "Ничего нового",
  unread: "Не прочитано",
  dismissed: "Скрыто",
  high: "Высокий приоритет",
  low: "Низкий приоритет",
  raw: "Сообщение",
  markAllRead: "Прочитать все",
  markRead: "Отметить прочитанным",
  markUnread: "Отметить непрочитанным",
  dismiss: "Скрыть",
  restore: "Вернуть",
  of: (button, title) => `${button}: ${title}`,
  answered: (action, platform) => `Ответ: ${action}${platform && ` (${platform})`}`,
  more: "Показать ещё",
  loading: "Загрузка…",
  arrived: (titles) => (titles.length > 3 ? `Новых уведомлений: ${titles.length}` : `Новое: ${titles.join("; ")}`),
  connecting: "Подключение…",
  waiting: "Связь потеряна. Новая попытка…",
  stopped: "Нет подключения",
  reconnect: "Повторить сейчас",
  failed: "Не удалось изменить",
  tabAll: "Все",
  tabUnread: "Непрочитанные",
  tabDismissed: "Скрытые",
  emptyTab: "Здесь ничего нет",
  close: "Закрыть",
};
