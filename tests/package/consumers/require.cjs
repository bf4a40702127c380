// There is no top-level await in the package, so Node can require it.
const modules = {
  validator: require("notifeed"),
  inline: require("notifeed/inline"),
  live: require("notifeed/live"),
  schema: require("notifeed/schema"),
  send: require("notifeed/send"),
};
import("./proof.js").then(async ({ prove }) => console.log(JSON.stringify(await prove(modules))));
