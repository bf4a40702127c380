// Japanese.

import type { Labels } from "../inbox/labels.ts";

export const labels: Labels = {
  heading: "通知",
  bell: (unread) => (unread ? `通知、未読${unread}件` : "通知"),
  empty: "新しい通知はありません",
  unread: "未読",
  dismissed: "非表示",
  high: "優先度高",
  low: "優先度低",
  raw: "メッセージ",
  markAllRead: "すべて既読にする",
  markRead: "既読にする",
  markUnread: "未読にする",
  dismiss: "非表示にする",
  restore: "元に戻す",
  of: (button, title) => `${button}：${title}`,
  answered: (action, platform) => `回答済み：${action}${platform && `（${platform}）`}`,
  more: "さらに表示",
  loading: "読み込み中…",
  arrived: (titles) => (titles.length > 3 ? `新しい通知${titles.length}件` : `新着：${titles.join("、")}`),
  connecting: "接続しています…",
  waiting: "接続が切れました。再試行しています…",
  stopped: "接続されていません",
  reconnect: "今すぐ再試行",
  failed: "変更できませんでした",
  tabAll: "すべて",
  tabUnread: "未読",
  tabDismissed: "非表示",
  emptyTab: "ここには何もありません",
  close: "閉じる",
};
