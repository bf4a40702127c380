// Chinese, simplified.

import type { Labels } from "../inbox/labels.ts";

export const labels: Labels = {
  heading: "通知",
  bell: (unread) => (unread ? `通知，${unread} 条未读` : "通知"),
  empty: "没有新通知",
  unread: "未读",
  dismissed: "已忽略",
  high: "高优先级",
  low: "低优先级",
  raw: "消息",
  markAllRead: "全部标为已读",
  markRead: "标为已读",
  markUnread: "标为未读",
  dismiss: "忽略",
  restore: "恢复",
  of: (button, title) => `${button}：${title}`,
  answered: (action, platform) => `已回答：${action}${platform && `（${platform}）`}`,
  more: "显示更多",
  loading: "正在加载…",
  arrived: (titles) => (titles.length > 3 ? `${titles.length} 条新通知` : `新通知：${titles.join("；")}`),
  connecting: "正在连接…",
  waiting: "连接已断开，正在重试…",
  stopped: "未连接",
  reconnect: "立即重试",
  failed: "无法更改",
  tabAll: "全部",
  tabUnread: "未读",
  tabDismissed: "已忽略",
  emptyTab: "这里没有内容",
  close: "关闭",
};
