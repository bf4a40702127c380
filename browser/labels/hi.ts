// Hindi.

import type { Labels } from "../inbox/labels.ts";

export const labels: Labels = {
  heading: "सूचनाएँ",
  bell: (unread) => (unread ? `सूचनाएँ, ${unread} अपठित` : "सूचनाएँ"),
  empty: "कुछ नया नहीं",
  unread: "अपठित",
  dismissed: "हटाई गई",
  high: "उच्च प्राथमिकता",
  low: "निम्न प्राथमिकता",
  raw: "संदेश",
  markAllRead: "सभी को पढ़ा हुआ चिह्नित करें",
  markRead: "पढ़ा हुआ चिह्नित करें",
  markUnread: "अपठित चिह्नित करें",
  dismiss: "हटाएँ",
  restore: "वापस लाएँ",
  of: (button, title) => `${button}: ${title}`,
  answered: (action, platform) => `उत्तर दिया गया: ${action}${platform && ` (${platform})`}`,
  more: "और दिखाएँ",
  loading: "लोड हो रहा है…",
  arrived: (titles) => (titles.length > 3 ? `${titles.length} नई सूचनाएँ` : `नई: ${titles.join("; ")}`),
  connecting: "कनेक्ट हो रहा है…",
  waiting: "कनेक्शन टूट गया। फिर से कोशिश हो रही है…",
  stopped: "कनेक्ट नहीं है",
  reconnect: "अभी कोशिश करें",
  failed: "बदलाव नहीं हो सका",
  tabAll: "सभी",
  tabUnread: "अपठित",
  tabDismissed: "हटाई गई",
  emptyTab: "यहाँ कुछ नहीं है",
  close: "बंद करें",
};
