// The app for pages (app-<hash>.js and chunks, named by manifest.json), the widget's loader, and standalone.js.
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import esbuild from "esbuild";
import { ROOT, STATIC } from "../build.mjs";

const COMMON = {
  bundle: true,
  platform: "browser",
  target: "es2022",
  minify: true,
  legalComments: "none",
  logLevel: "warning",
  define: { "process.env.NODE_ENV": '"production"' },
};
const LOADER_LIMIT_BYTES = 2000;

/** Removed last: a page that is open meanwhile may still ask for what its manifest named. */
async function removeOld(outputs) {
  const fresh = new Set(outputs.map((path) => path.split("/").at(-1)));
  for (const name of await readdir(STATIC)) {
    if (/^(app|chunk)-.*\.js$/.test(name) && !fresh.has(name)) await rm(STATIC + name);
  }
}

async function buildApp() {
  const { metafile } = await esbuild.build({
    ...COMMON,
    format: "esm",
    splitting: true,
    entryPoints: [`${ROOT}src/app.ts`],
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[hash]",
    outdir: STATIC,
    metafile: true,
  });
  const entry = Object.entries(metafile.outputs).find(([, output]) =>
    output.entryPoint?.endsWith("src/app.ts"),
  );
  const app = entry[0].split("/").at(-1);
  await writeFile(`${STATIC}manifest.json`, JSON.stringify({ app }));
  await removeOld(Object.keys(metafile.outputs));
}

async function buildLoader() {
  const outfile = `${STATIC}widget.js`;
  await esbuild.build({ ...COMMON, format: "esm", entryPoints: [`${ROOT}src/widget.ts`], outfile });
  const { length } = await readFile(outfile);
  // Every widget model and every saved widget state carries a copy.
  if (length >= LOADER_LIMIT_BYTES)
    throw new Error(`widget.js has ${length} bytes, ${LOADER_LIMIT_BYTES} at most`);
}

/** Texts go in as expressions that are safe inside an inline script: no `</script`, no line separators. */
function embedded(text) {
  return JSON.stringify(text)
    .replace(/</g, "\\u003c")
    .replace(/\u2028/g, "\\u2028")
    .replace(/\u2029/g, "\\u2029");
}

async function buildStandalone() {
  const [stageHtml, xenText, referenceText] = await Promise.all(
    ["stage.html", "xen.js", "reference.json"].map((name) => readFile(STATIC + name, "utf8")),
  );
  const texts = { stageHtml, xenText, referenceText };
  const built = await esbuild.build({
    ...COMMON,
    format: "iife",
    entryPoints: [`${ROOT}src/standalone.ts`],
    write: false,
  });
  const literal = Object.entries(texts).map(([name, text]) => `${name}:${embedded(text)}`);
  const code = built.outputFiles[0].text.replace(/<\/script/gi, "<\\/script");
  await writeFile(
    `${STATIC}standalone.js`,
    `(()=>{const ALGORAVE_TEXTS={${literal.join(",")}};${code}})();\n`,
  );
}

export async function build() {
  await buildApp();
  await buildLoader();
  await buildStandalone();
}
