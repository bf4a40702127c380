// nchan, publish and subscribe in nginx: C, in memory, without credentials or a store. It takes part
// where only posts and frames are asked for. scripts/setup fetches Debian's packages where it can.

import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { homedir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Line } from "./line.mjs";
import { memoryFolder, Running } from "./process.mjs";

const home = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "notifeed/nchan");

export class Nchan extends Running {
  static async start() {
    const nginx = join(home, "usr/sbin/nginx");
    const module = join(home, "usr/lib/nginx/modules/ngx_nchan_module.so");
    if (!existsSync(nginx) || !existsSync(module)) {
      throw new Error("nchan isn't there: scripts/setup bench fetches it from Debian's packages, where there are any");
    }
    const folder = memoryFolder();
    const port = await freePort();
    writeFileSync(join(folder, "nginx.conf"), configOf(module, port));
    const command = [nginx, "-p", folder, "-c", "nginx.conf", "-e", "stderr"];
    const nchan = new Nchan({ name: "nchan", folder, command });
    nchan.port = port;
    await Promise.race([nchan.#answers(), nchan.failed]);
    return nchan;
  }

  async #answers() {
    for (;;) {
      const answers = await Line.open(this.port).then(
        (line) => (line.close(), true),
        () => false,
      );
      if (answers) return;
      await sleep(5);
    }
  }
}

/** A port that nobody listens on just now. @returns {Promise<number>} */
function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  return new Promise((done) =>
    server.once("listening", () => {
      const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => done(port));
    }),
  );
}

/**
 * @param {string} module
 * @param {number} port
 */
function configOf(module, port) {
  return `load_module ${module};
daemon off;
master_process off;
pid nginx.pid;
worker_rlimit_nofile 20000;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    keepalive_requests 1000000;
    location /post { nchan_publisher; nchan_channel_id $arg_user; nchan_message_buffer_length 1000; }
    location /stream { nchan_subscriber websocket; nchan_channel_id $arg_user; nchan_subscriber_first_message newest; }
  }
}
`;
}
