// Builds an app: webpack.js FOLDER OUTPUT. (webpack's own command is a package of its own.)
import webpack from "webpack";

const [, , context, path] = process.argv;
webpack({ mode: "production", context, entry: "./app.js", output: { path, filename: "app.js" } }, (error, stats) => {
  if (!error && !stats.hasErrors()) return;
  console.error(error ?? stats.toString());
  process.exitCode = 1;
});
