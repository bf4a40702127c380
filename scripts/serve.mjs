// `make serve`: the built Worker on workerd until SIGTERM or SIGINT.

import { startLocal } from "./local.mjs";

const port = Number(process.env.PORT || 8787);
const state = process.env.STATE || ".wrangler/state";

try {
  const local = await startLocal({ port, state });
  console.log(`notifeed is at ${local.url}`);
  for (const signal of /** @type {const} */ (["SIGTERM", "SIGINT"])) {
    process.once(signal, () => void local.stop().then(() => process.exit(0)));
  }
} catch (error) {
  console.error(`notifeed: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
