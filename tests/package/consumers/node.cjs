(async () => {
  const [validator, inline, live, schema, send] = await Promise.all([
    import("notifeed"),
    import("notifeed/inline"),
    import("notifeed/live"),
    import("notifeed/schema"),
    import("notifeed/send"),
  ]);
  const { prove } = await import("./proof.js");
  console.log(JSON.stringify(await prove({ validator, inline, live, schema, send })));
})();
