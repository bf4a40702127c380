// Web Push to a real Firefox: a page turns it on and is closed; what is posted is shown, replaced while the browser is away, and
// nobody else's.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Response } from "miniflare";
import { eventually, someone } from "../blackbox/expect.mjs";
import { example, startService } from "../blackbox/harness.mjs";
import { HAS_SUBSCRIPTION, IS_READY, serveApp, SHOWN } from "./app.mjs";
import { Firefox, missing } from "./firefox.mjs";
import { HOST, Mozilla } from "./mozilla.mjs";

test("Firefox", { skip: missing }, async (t) => {
  const { mozilla, url } = await Mozilla.start();
  /** The statuses of Mozilla's answers, in order. @type {number[]} */
  const answers = [];
  const service = await startService({
    outbound: async (request) => {
      const { hostname, pathname } = new URL(request.url);
      const token = hostname === HOST ? pathname.split("/").at(-1) : "";
      answers.push(mozilla.push(token ?? "", request, Buffer.from(await request.arrayBuffer())));
      return new Response(null, { status: answers.at(-1) });
    },
  });
  const app = await serveApp();
  const firefox = await Firefox.launch({
    "dom.push.serverURL": url,
    // Driven by a program, it has no connection for pushes but by this.
    "dom.push.connection.enabled": true,
    "dom.push.testing.allowInsecureServerURL": true,
    "dom.push.retryBaseInterval": 100,
    "permissions.default.desktop-notification": 1,
    "alerts.useSystemBackend": false,
    "browser.shell.checkDefaultBrowser": false,
    "datareporting.policy.dataSubmissionEnabled": false,
  });

  const visit = async (/** @type {string} */ as) => {
    const tab = await firefox.open(await app.of(service, as));
    await eventually(() => tab.evaluate(`Boolean(${IS_READY})`), 15_000);
    return tab;
  };
  const post = async (/** @type {string} */ as, /** @type {string} */ title, /** @type {string} */ key = title) => {
    const payload = { visualContent: { title, body: "for a closed page" } };
    const targetPolicy = { platformTypes: ["webpush"] };
    const answer = await service.post(example({ appNotificationId: key, payload, targetPolicy }), { as });
    assert.ok(answer.status < 300, answer.text);
    return answer.json.id;
  };
  const shown = async (/** @type {Awaited<ReturnType<typeof visit>>} */ tab) =>
    /** @type {{ title: string, body: string, tag: string }[]} */ (await tab.evaluate(SHOWN));

  await t.test("a page that is closed shows what is posted", async (t) => {
    const as = someone();
    const first = await visit(as);
    assert.equal(await first.evaluate("push.state"), "off");
    const subscribed = await first.evaluate("push.enable()");
    assert.equal(typeof subscribed.userNotificationSubscriptionId, "string");
    await first.close();
    const began = Date.now();
    const id = await post(as, "You are told");
    await eventually(() => mozilla.acknowledged === 1, 10_000);
    t.diagnostic(`from the post until the worker had shown it: ${Date.now() - began} ms`);
    const later = await visit(as);
    assert.deepEqual(await shown(later), [{ title: "You are told", body: "for a closed page", tag: id }]);
    assert.equal(await later.evaluate("push.state"), "on");

    // Away, it gets the newest revision only.
    mozilla.close();
    const before = answers.length;
    await post(as, "The first", "replaced");
    await eventually(() => answers.length === before + 1);
    const replaced = await post(as, "The second", "replaced");
    await eventually(() => answers.length === before + 2);
    assert.equal(mozilla.waiting, 1);
    mozilla.isOpen = true;
    await eventually(async () => (await shown(later)).some(({ tag }) => tag === replaced), 30_000);
    const titles = (await shown(later)).map(({ title }) => title);
    assert.deepEqual(titles.sort(), ["The second", "You are told"]);

    await later.evaluate("push.disable()");
    assert.deepEqual(await shown(later), []);
    assert.equal(await later.evaluate(HAS_SUBSCRIPTION), false);
    await later.close();
  });

  await t.test("nothing of the former user's is shown to the next one", async () => {
    const [megan, alex] = [someone(), someone()];
    const before = await visit(megan);
    await before.evaluate("push.enable()");
    const page = await visit(alex);
    assert.equal(await page.evaluate("push.state"), "off");
    await page.evaluate("push.enable()");
    await post(megan, "For Megan");
    await eventually(() => answers.at(-1) === 410);
    await post(alex, "For Alex");
    await eventually(async () => (await shown(page)).length > 0, 10_000);
    assert.deepEqual(
      (await shown(page)).map(({ title }) => title),
      ["For Alex"],
    );
  });
});
