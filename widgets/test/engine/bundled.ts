// The evaluator as it is shipped: bundled with our build's plugin, because Node cannot import @strudel/core as it is.
import { fileURLToPath } from "node:url";
import esbuild, { type Plugin } from "esbuild";
// @ts-expect-error the build is plain JavaScript
import { kabelsalatPlugin } from "../../build/render.mjs";
// @ts-expect-error the build is plain JavaScript
import { DEFINE, strudelPlugin } from "../../build/strudel.mjs";

const SOURCES = fileURLToPath(new URL("../../src/engine/", import.meta.url));
const NAMES = ["check", "evaluate", "problem", "query", "sounds", "suggest", "positions", "source_map"];

export type Engine = typeof import("../../src/engine/check.js") &
  typeof import("../../src/engine/evaluate.js") &
  typeof import("../../src/engine/problem.js") &
  typeof import("../../src/engine/query.js") &
  typeof import("../../src/engine/sounds.js") &
  typeof import("../../src/engine/suggest.js") &
  typeof import("../../src/engine/positions.js") &
  typeof import("../../src/engine/source_map.js");

/** Bundles what the text imports and exports, which lies in `src/engine`, and imports it. */
async function bundled(contents: string, further: Plugin[] = []): Promise<unknown> {
  const made = await esbuild.build({
    stdin: { contents, resolveDir: SOURCES, loader: "ts" },
    plugins: [strudelPlugin(), ...further],
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    define: DEFINE,
    logLevel: "error",
  });
  const text = Buffer.from(made.outputFiles[0]?.contents ?? []).toString("base64");
  return import(/* @vite-ignore */ `data:text/javascript;base64,${text}`);
}

/** Bundles the evaluator's modules into one and imports it. */
export async function bundledEngine(): Promise<Engine> {
  return (await bundled(NAMES.map((name) => `export * from "./${name}.ts";`).join("\n"))) as Engine;
}

/** What the stage's Workers do with pattern code. */
export async function bundledPatterns(): Promise<typeof import("../../src/stage/patterns.js")> {
  const made = await bundled('export * from "../stage/patterns.ts";', [kabelsalatPlugin()]);
  return made as typeof import("../../src/stage/patterns.js");
}
