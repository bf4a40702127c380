// The texts of a notification as regular expressions, the same for all peers.

/** A pattern for an ASCII word in any case: JSON Schema has no flags. */
const anyCase = (/** @type {string} */ word) =>
  word.replace(/[a-z]/gi, (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`);
const oneOf = (/** @type {string[]} */ ...words) => `^(?:${words.map(anyCase).join("|")})$`;

const label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
const year29 = "(?:\\d{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)";
const day =
  "(?:\\d{4}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))" +
  `|${year29}-02-29)`;

export const patterns = {
  /** The last label is no number, or URL parsers would take the name for an IPv4 address. */
  hostName: `^(?=[^]{1,253}$)(?:${label}\\.)*(?!(?:\\d+|0[xX][0-9A-Fa-f]*)$)${label}$`,
  dateTime: `^${day}[Tt](?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60)(?:\\.\\d{1,9})?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)$`,
  priority: oneOf("None", "High", "Low"),
  platform: oneOf("Windows", "iOS", "Android", "WebPush"),
  ios: oneOf("iOS"),
  /** Up to 2 592 000. */
  seconds: "^0*(?:\\d{1,6}|1\\d{6}|2[0-4]\\d{5}|25[0-8]\\d{4}|259[01]\\d{3}|2592000)$",
};
