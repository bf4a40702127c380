// nchan: pub/sub with history in nginx, in C. Takes part where only posts and frames are asked for. Debian has
// it: apt-get install nginx-light libnginx-mod-nchan.

import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Line } from "./line.mjs";
import { Contending, Died, memoryFolder } from "./process.mjs";

const nginx = "/usr/sbin/nginx";
const module = "/usr/lib/nginx/modules/ngx_nchan_module.so";

/** One process, its history in memory: as each other contender has one. @param {number} port */
const config = (port) => `
load_module ${module};
daemon off; master_process off; pid nginx.pid; error_log stderr error;
events { worker_connections 8192; }
http {
  access_log off; client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi; scgi_temp_path scgi; keepalive_requests 1000000000;
  nchan_message_buffer_length 20; nchan_message_timeout 1d; nchan_max_reserved_memory 512M;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location ~ /publish/(.+)$ { nchan_publisher; nchan_channel_id $1; }
    location ~ /subscribe/(.+)$ { nchan_subscriber websocket; nchan_channel_id $1; nchan_subscriber_first_message newest; }
  }
}
`;

/** A running nginx. */
export async function startNchan() {
  if (!existsSync(nginx) || !existsSync(module)) {
    throw new Died("nchan isn't installed (Debian: apt-get install nginx-light libnginx-mod-nchan)");
  }
  const port = await freePort();
  const folder = memoryFolder();
  writeFileSync(join(folder, "nginx.conf"), config(port));
  const command = [nginx, "-p", folder, "-c", "nginx.conf", "-e", "stderr"];
  const serving = Object.assign(new Contending("nchan", folder, command), { port });
  for (const patience = performance.now() + 5000; ; await sleep(5)) {
    serving.assertAlive();
    const line = await Line.open(port).catch(() => undefined);
    line?.close();
    if (line) return serving;
    if (performance.now() > patience) throw new Died(`nchan doesn't listen${serving.lastWords()}`);
  }
}

/** A port that nobody has. @returns {Promise<number>} */
function freePort() {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once("error", fail);
    server.listen(0, "127.0.0.1", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => done(port));
    });
  });
}
