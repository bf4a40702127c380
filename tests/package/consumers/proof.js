// The proof that every consumer runs with the package, however it came by its modules.

import { host, service, token } from "./settings.js";

const notification = {
  targetHostName: host,
  payload: { visualContent: { title: "Hello", body: "long ".repeat(300) } },
};

/**
 * @param {Record<string, any>} modules what the package's imports gave
 * @param {unknown} [wasm] for `init`, where the consumer must say where the wasm is
 */
export async function prove({ validator, inbox, live, schema, send }, wasm) {
  /** @type {Record<string, unknown>} */
  const proof = {};
  proof.early = thrown(() => validator.validate(notification));
  await validator.init(wasm);
  proof.validator = judged(validator);
  proof.schema = schema.schema.$schema;
  proof.send = await sent(send);
  proof.live = await lived(live, send, inbox);
  return proof;
}

/**
 * In a run of its own: the imports share one validator, so what the other `init` has loaded is there.
 * @param {Record<string, any>} modules
 */
export async function proveInline({ inline }) {
  const early = thrown(() => inline.validate(notification));
  await inline.init();
  return { early, inline: judged(inline) };
}

/** @param {any} validator */
function judged({ isValid, normalize, validate }) {
  return {
    isValid: [isValid(notification), isValid("{}")],
    validate: [
      validate(JSON.stringify(notification)).ok,
      validate({ ...notification, payload: {} }).violations[0].path,
    ],
    normalize: [JSON.parse(normalize(notification)).priority, thrown(() => normalize("[]"))],
  };
}

/** @param {any} module */
async function sent({ send }) {
  const options = { url: service, token: async () => token };
  const first = await send(notification, options);
  const again = await send({ ...notification, appNotificationId: first.appNotificationId }, options);
  const refused = await send(notification, { ...options, token: "x" }).catch((error) => error);
  const invalid = await send({ ...notification, priority: "?" }, options).catch((error) => error);
  return [first.status, again.status, first.notification.id === again.notification.id, refused.code, invalid.name];
}

/**
 * @param {any} live
 * @param {any} module
 * @param {any} inbox
 */
async function lived({ connect }, { send }, inbox) {
  const client = connect({ url: service, platform: "windows", token: async () => token });
  await new Promise((resolve) => client.on("ready", resolve));
  const arrived = new Promise((resolve) => client.on("notification", resolve));
  const { notification: sent } = await send(notification, { url: service, token });
  const { notification: received } = await arrived;
  const before = client.unread;
  await client.markRead(sent.id);
  const after = client.unread;
  const shown = typeof document === "undefined" ? received.payload.visualContent.title : await show(inbox, client);
  await client.close({ forget: true });
  return [received.id === sent.id, shown, before - after, client.status.state];
}

/**
 * The text that a person reads in the inbox.
 * @param {any} inbox
 * @param {any} client
 */
async function show({ defineInbox }, client) {
  defineInbox();
  const element = Object.assign(document.createElement("notifeed-inbox"), { client, open: true });
  document.body.append(element);
  const title = () => element.shadowRoot.querySelector("[part~=title]")?.textContent;
  while (!title()) await new Promise((resolve) => setTimeout(resolve, 10));
  return title();
}

/** @param {() => unknown} action */
function thrown(action) {
  try {
    action();
    return "nothing";
  } catch (error) {
    return error.name;
  }
}
