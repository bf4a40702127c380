// There is no top-level await in the package, so Node can require it.
const modules = {
  validator: require("notifeed"),
  inbox: require("notifeed/inbox"),
  inline: require("notifeed/inline"),
  live: require("notifeed/live"),
  schema: require("notifeed/schema"),
  send: require("notifeed/send"),
};
import("./proof.js").then(async ({ prove, proveInline }) => {
  console.log(JSON.stringify(await (process.argv[2] ? proveInline(modules) : prove(modules))));
});
