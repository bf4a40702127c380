// The peer: a service as a team would write it with the usual parts: Hono for routes, zod for the body, jose for tokens,
// a Durable Object by RPC for a user's feed, and KV for a copy of each body.

import { Hono } from "hono";
import { createRemoteJWKSet, jwtVerify, type JWTVerifyGetKey } from "jose";
import type { Feed } from "./feed";
import { notification } from "./notification";

export { Feed } from "./feed";

interface Env {
  HUB: DurableObjectNamespace<Feed>;
  FEED: KVNamespace;
  TOKEN_SECRET: string;
  JWKS_URL: string;
}

type App = { Bindings: Env; Variables: { user: string } };

let keys: JWTVerifyGetKey | undefined;
let secret: CryptoKey | undefined;

/** The user whom a token proves its bearer to be. */
async function authenticate(token: string, env: Env): Promise<string> {
  keys ??= createRemoteJWKSet(new URL(env.JWKS_URL));
  secret ??= await crypto.subtle.importKey(
    "raw",
    Uint8Array.fromBase64(env.TOKEN_SECRET, { alphabet: "base64url" }),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["verify"],
  );
  const known = keys;
  const shared = secret;
  const { payload } = await jwtVerify(
    token,
    async (header, jws) => (header.alg === "HS256" ? shared : known(header, jws)),
    {
      audience: "notifeed",
      algorithms: ["HS256", "RS256", "ES256"],
      requiredClaims: ["sub", "exp"],
    },
  );
  return payload.sub as string;
}

const app = new Hono<App>().basePath("/notifications");

app.use(async (c, next) => {
  const [scheme, token] = (c.req.header("Authorization") ?? "").split(" ");
  if (scheme !== "Bearer" || !token) return c.json({ error: "no token" }, 401);
  try {
    c.set("user", await authenticate(token, c.env));
  } catch {
    return c.json({ error: "bad token" }, 401);
  }
  await next();
});

const feedOf = (env: Env, user: string) => env.HUB.get(env.HUB.idFromName(user));

app.post("/", async (c) => {
  const body = await c.req.json().catch(() => undefined);
  const parsed = notification.safeParse(body);
  if (!parsed.success) return c.json({ error: parsed.error.issues }, 400);
  const user = c.get("user");
  const item = await feedOf(c.env, user).post(parsed.data);
  c.executionCtx.waitUntil(
    c.env.FEED.put(`${user}:${item.id}`, JSON.stringify(item), { expiration: Math.floor(item.expiresAt / 1000) }),
  );
  return c.json(item, 201, { Location: `/notifications/${item.id}` });
});

app.get("/", async (c) => c.json({ value: await feedOf(c.env, c.get("user")).list() }));

app.get("/$count", async (c) => c.text(String(await feedOf(c.env, c.get("user")).count())));

app.get("/stream", (c) => feedOf(c.env, c.get("user")).fetch(c.req.raw));

app.patch("/:id", async (c) => {
  const { readState } = await c.req.json<{ readState: "read" | "unread" }>();
  const item = await feedOf(c.env, c.get("user")).change(c.req.param("id"), readState);
  return item ? c.json(item) : c.json({ error: "not found" }, 404);
});

export default app;
