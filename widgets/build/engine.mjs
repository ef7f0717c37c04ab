// engine.js: the evaluator for a bare JavaScript engine. xen.js: the tuning archive, loaded when code asks for it.
import esbuild from "esbuild";
import { ROOT, STATIC } from "../build.mjs";
import { DEFINE, sharedCorePlugin, strudelPlugin } from "./strudel.mjs";

const COMMON = {
  bundle: true,
  format: "iife",
  platform: "neutral",
  mainFields: ["module", "main"],
  target: "es2022",
  minify: true,
  // Errors name classes and functions to people.
  keepNames: false,
  legalComments: "none",
  define: DEFINE,
  logLevel: "warning",
};

export async function build() {
  await esbuild.build({
    ...COMMON,
    entryPoints: [`${ROOT}src/engine/headless.ts`],
    outfile: `${STATIC}engine.js`,
    plugins: [strudelPlugin()],
  });
  await esbuild.build({
    ...COMMON,
    entryPoints: [`${ROOT}src/engine/xen.ts`],
    outfile: `${STATIC}xen.js`,
    plugins: [sharedCorePlugin(), strudelPlugin()],
  });
}
