// Serves an app as a developer of it would: vite-dev.js FOLDER. Prints where.
import { createServer } from "vite";

const server = await createServer({
  root: process.argv[2],
  logLevel: "silent",
  server: { host: "127.0.0.1", port: 0, ws: false },
});
await server.listen();
console.log(`http://127.0.0.1:${server.httpServer.address().port}`);
