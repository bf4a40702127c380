// Every import of the package, as a strict TypeScript app sees it.
import {
  init,
  initSync,
  isValid,
  type Notification,
  normalize,
  NotInitializedError,
  validate,
  type Verdict,
} from "notifeed";
import { init as initInline } from "notifeed/inline";
import { connect, type FeedNotification, LiveError, type Store } from "notifeed/live";
import wasm from "notifeed/notifeed_bg.wasm";
import { schema } from "notifeed/schema";
import { InvalidNotificationError, send, SendError, type Sent } from "notifeed/send";

export async function judge(text: string): Promise<Notification | string[]> {
  await init(wasm);
  await initInline();
  initSync(new Uint8Array());
  if (!isValid(text)) console.log(normalize(text), schema["$id"]);
  const verdict: Verdict = validate(text, { now: Date.now(), policy: { retentionSeconds: 60 } });
  // @ts-expect-error: a body is text, bytes or an object
  validate(5);
  return verdict.ok ? verdict.notification : verdict.violations.map(({ path }) => path);
}

export async function tell(signal: AbortSignal): Promise<Sent | string> {
  try {
    const token = async ({ fresh }: { fresh: boolean }) => String(fresh);
    // @ts-expect-error: it must be told where the service is
    await send({ targetHostName: "notify.example.com", payload: {} }, { token });
    const payload = { visualContent: { title: "Hello" } };
    const expirationDateTime = new Date(Date.now() + 60_000);
    const notification = { targetHostName: "notify.example.com", payload, expirationDateTime };
    return await send(notification, { url: "https://notify.example.com", token, signal });
  } catch (error) {
    if (error instanceof InvalidNotificationError) return error.violations[0]?.message ?? "";
    if (error instanceof SendError) return `${error.status} ${error.code} ${error.details[0]?.target}`;
    throw error instanceof NotInitializedError ? error : new Error("unknown", { cause: error });
  }
}

export async function* follow(store: Store): AsyncGenerator<FeedNotification> {
  const client = connect({ url: "https://notify.example.com", platform: "webpush", token: async () => null, store });
  client.on("removed", ({ reason, notification }) => console.log(reason === "expired", notification.id));
  // @ts-expect-error: there is no such event
  client.on("message", () => {});
  for await (const event of client) if (event.type === "notification") yield event.notification;
  await client.markRead("1").catch((error) => console.log(error instanceof LiveError && error.code, client.unread));
  await client.close({ forget: true });
}
