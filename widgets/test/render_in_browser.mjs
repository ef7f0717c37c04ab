// Bundles render_in_browser.ts: `node test/render_in_browser.mjs OUT.js`.
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { kabelsalatPlugin } from "../build/render.mjs";
import { DEFINE, strudelPlugin } from "../build/strudel.mjs";

await esbuild.build({
  entryPoints: [fileURLToPath(new URL("render_in_browser.ts", import.meta.url))],
  outfile: process.argv[2],
  bundle: true,
  format: "iife",
  platform: "browser",
  mainFields: ["module", "main"],
  define: { ...DEFINE, "import.meta.url": '"about:blank"' },
  plugins: [kabelsalatPlugin(), strudelPlugin()],
  logLevel: "warning",
});
