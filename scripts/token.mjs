// `make token as=NAME` or `make token app=ID`: prints a development token and nothing else.

import { appToken, userToken } from "./development.mjs";

const { as, app } = process.env;
if (Boolean(as) === Boolean(app)) {
  console.error("notifeed: say whose token: make token as=megan@contoso.com, or make token app=contoso-server");
  process.exit(1);
}
console.log(await (as ? userToken(as) : appToken(/** @type {string} */ (app))));
