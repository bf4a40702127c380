// Arabic.

import type { Labels } from "../inbox/labels.ts";

export const labels: Labels = {
  heading: "الإشعارات",
  bell: (unread) => (unread ? `الإشعارات، غير المقروءة: ${unread}` : "الإشعارات"),
  empty: "لا جديد",
  unread: "غير مقروء",
  dismissed: "مُستبعَد",
  high: "أولوية عالية",
  low: "أولوية منخفضة",
  raw: "رسالة",
  markAllRead: "تحديد الكل كمقروء",
  markRead: "تحديد كمقروء",
  markUnread: "تحديد كغير مقروء",
  dismiss: "استبعاد",
  restore: "استعادة",
  of: (button, title) => `${button}: ${title}`,
  answered: (action, platform) => `أُجيب: ${action}${platform && ` (${platform})`}`,
  more: "عرض المزيد",
  loading: "جارٍ التحميل…",
  arrived: (titles) => (titles.length > 3 ? `إشعارات جديدة: ${titles.length}` : `جديد: ${titles.join("؛ ")}`),
  connecting: "جارٍ الاتصال…",
  waiting: "انقطع الاتصال. تجري إعادة المحاولة…",
  stopped: "غير متصل",
  reconnect: "المحاولة الآن",
  failed: "تعذّر إجراء التغيير",
  tabAll: "الكل",
  tabUnread: "غير المقروءة",
  tabDismissed: "المستبعدة",
  emptyTab: "لا يوجد شيء هنا",
  close: "إغلاق",
};
