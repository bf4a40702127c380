// The curl command of a request, as a shell and curl take it.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { promisify } from "node:util";
import { curl, shellQuoted, tokenOnDemand } from "../../www/compose/curl.js";

const run = promisify(execFile);

/** @type {{ method?: string, url?: string, headers: string[], body: string }[]} */
const received = [];
const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) body += chunk;
  received.push({ method: request.method, url: request.url, headers: request.rawHeaders, body });
  response.end("heard");
});
await new Promise((listening) => server.listen(0, "127.0.0.1", () => listening(undefined)));
after(() => server.close());
const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());

/**
 * Runs the command of a request in a shell.
 * @param {Partial<import("../../www/compose/request.js").Request>} request
 * @param {{ sender?: Record<string, string>, authorization?: string, env?: Record<string, string> }} [who]
 */
async function sent(request, { sender = {}, authorization = "'Authorization: Bearer t'", env = {} } = {}) {
  const whole = { method: "POST", path: "/p", headers: "Content-Type: application/json", body: "{}", ...request };
  const url = new URL(whole.path, `http://127.0.0.1:${port}`);
  const { stdout } = await run("sh", ["-c", curl(whole, url, sender, authorization)], {
    env: { ...process.env, ...env },
  });
  assert.match(stdout, /heard$/);
  const [got] = received.splice(0);
  const value = (/** @type {string} */ name) => {
    const index = got.headers.findIndex((header, at) => at % 2 === 0 && header.toLowerCase() === name);
    return index === -1 ? undefined : got.headers[index + 1];
  };
  return { ...got, value };
}

test("a body goes as it is, whatever is in it", async () => {
  const body = `@it's "$HOME" \`date\` $(date) \\ \\n 100% !!\n\t'' é😀\n`;
  const { method, url, body: got, value } = await sent({ body });
  assert.deepEqual([method, url, got], ["POST", "/p", body]);
  assert.equal(value("content-type"), "application/json");
  assert.equal(value("authorization"), "Bearer t");
});

test("the largest body fits", async () => {
  const body = `"${"it's ".repeat(13_000)}"`;
  assert.equal((await sent({ body })).body, body);
});

test("method, path and headers go as they are", async () => {
  const path = "/a%20b/[1]{2}?$filter=readState eq 'unread'&x=1";
  const { method, url, value } = await sent({
    method: "PUT",
    path,
    headers: 'X-One: it\'s "1" $HOME\nX-Two:\nIf-Match: *',
  });
  assert.equal(method, "PUT");
  assert.equal(url, new URL(path, "http://x").href.slice("http://x".length));
  assert.equal(value("x-one"), 'it\'s "1" $HOME');
  assert.equal(value("x-two"), "");
  assert.equal(value("if-match"), "*");
  assert.equal(value("content-type"), undefined, "nothing is said that wasn't written");
});

test("what has no body sends none", async () => {
  for (const method of ["GET", "DELETE"]) {
    const { method: got, body, value } = await sent({ method, headers: "" });
    assert.deepEqual([got, body, value("content-type")], [method, "", undefined]);
  }
});

test("a header that is written goes before the sender's", async () => {
  const { value, headers } = await sent({ headers: "authorization: Bearer mine" }, { sender: { "X-UNS-ID": "u" } });
  assert.equal(value("authorization"), "Bearer mine");
  assert.equal(value("x-uns-id"), "u");
  assert.equal(headers.filter((header) => header.toLowerCase() === "authorization").length, 1);
});

test("a token is asked for by a name that means nothing else", async () => {
  assert.equal(
    tokenOnDemand({ as: "megan@contoso.com" }),
    '"Authorization: Bearer $(make -s token as=megan@contoso.com)"',
  );
  assert.equal(tokenOnDemand({ app: "contoso-server" }), '"Authorization: Bearer $(make -s token app=contoso-server)"');
  const authorization = tokenOnDemand({ as: "$(reboot)'\"" });
  assert.equal(
    (await sent({}, { authorization, env: { TOKEN: "from outside" } })).value("authorization"),
    "Bearer from outside",
  );
});

test("plain words need no quotes", () => {
  assert.equal(shellQuoted("http://127.0.0.1:8787/beta"), "http://127.0.0.1:8787/beta");
  assert.equal(shellQuoted(""), "''");
  assert.equal(shellQuoted("~"), "'~'");
});
