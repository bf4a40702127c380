// The weight of each module of an entry: how much smaller the whole would be without it, compressed by brotli. Modules
// that others need for more than their own code weigh that much more.
//
//   node tests/package/parts.mjs client/entry.ts
//   node tests/package/parts.mjs inbox/entry.ts

import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";
import { root } from "../../scripts/local.mjs";

const [entry = "client/entry.ts"] = process.argv.slice(2);

/**
 * @param {string | null} without a module's file, which stays outside
 * @returns the size of each module before it is compressed, and of the whole after
 */
async function weigh(without) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: [`browser/${entry}`],
    bundle: true,
    minify: true,
    charset: "utf8",
    format: "esm",
    target: "es2022",
    write: false,
    metafile: true,
    plugins: [
      {
        name: "outside",
        setup: ({ onResolve }) =>
          onResolve({ filter: /./ }, ({ kind, path }) => {
            const isOutside = without?.endsWith(path.replace(/^[./]+/, "/"));
            return kind === "dynamic-import" || (kind !== "entry-point" && isOutside)
              ? { path, external: true }
              : undefined;
          }),
      },
    ],
  });
  const [output] = Object.values(metafile.outputs);
  return { inputs: output?.inputs ?? {}, compressed: brotliCompressSync(outputFiles[0]?.contents ?? "").length };
}

const { inputs, compressed } = await weigh(null);
console.log(`${compressed} bytes compressed: ${entry}`);
for (const [file, { bytesInOutput }] of Object.entries(inputs).sort(
  ([, a], [, b]) => b.bytesInOutput - a.bytesInOutput,
)) {
  const { compressed: rest } = await weigh(file);
  console.log(`${String(compressed - rest).padStart(6)} of ${String(bytesInOutput).padStart(5)}  ${file}`);
}
