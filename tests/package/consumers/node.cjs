(async () => {
  const [validator, inbox, inline, live, schema, send] = await Promise.all([
    import("notifeed"),
    import("notifeed/inbox"),
    import("notifeed/inline"),
    import("notifeed/live"),
    import("notifeed/schema"),
    import("notifeed/send"),
  ]);
  const { prove, proveInline } = await import("./proof.js");
  const modules = { validator, inbox, inline, live, schema, send };
  console.log(JSON.stringify(await (process.argv[2] ? proveInline(modules) : prove(modules))));
})();
