// The app for notebooks (app-<hash>.js and chunks, named by manifest.json), the pages for guests and hosts, the
// widget's loader, and standalone.js.
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
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
/**
 * JupyterLab brings a Yjs of its own, and Yjs complains when it meets another one. Only bytes pass between the two,
 * so ours gets a mark of its own; two of ours on one page still complain.
 */
const ownYjs = {
  name: "own-yjs",
  setup(build) {
    build.onLoad({ filter: /\/yjs\/dist\/yjs\.mjs$/ }, async ({ path }) => {
      const [mark, own] = ["'__ $YJS$ __'", "'__ $YJS$ algorave __'"];
      const source = await readFile(path, "utf8");
      if (!source.includes(mark)) throw new Error("Yjs marks the page in another way than it did");
      return { contents: source.replace(mark, own), loader: "js" };
    });
  },
};
const LOADER_LIMIT_BYTES = 2000;
/** What a cell that plays alone loads before anything is seen, packed. What sessions need is not part of it. */
const APP_LIMIT_BYTES = 200_000;
const PAGES = ["guest", "host"];

/** Removed last: a page that is open meanwhile may still ask for what its manifest named. */
async function removeOld(outputs) {
  const fresh = new Set(outputs.map((path) => path.split("/").at(-1)));
  for (const name of await readdir(STATIC)) {
    if (/^(app|guest|host|chunk)-.*\.js$/.test(name) && !fresh.has(name)) await rm(STATIC + name);
  }
}

/** Everything that is loaded before `output` runs, itself included. */
function loadedWith(outputs, output, known = new Set()) {
  if (known.has(output)) return known;
  known.add(output);
  for (const { path, kind } of outputs[output].imports)
    if (kind === "import-statement") loadedWith(outputs, path, known);
  return known;
}

async function checkSize(outputs, app) {
  const texts = await Promise.all([...loadedWith(outputs, app)].map((path) => readFile(path)));
  const bytes = texts.reduce((sum, text) => sum + gzipSync(text).length, 0);
  if (bytes >= APP_LIMIT_BYTES)
    throw new Error(`the app loads ${bytes} bytes at first, packed; ${APP_LIMIT_BYTES} at most`);
}

async function buildPages() {
  const { metafile } = await esbuild.build({
    ...COMMON,
    plugins: [ownYjs],
    format: "esm",
    splitting: true,
    entryPoints: ["app", ...PAGES].map((name) => `${ROOT}src/${name}.ts`),
    entryNames: "[name]-[hash]",
    chunkNames: "chunk-[hash]",
    outdir: STATIC,
    metafile: true,
  });
  const { outputs } = metafile;
  const pathOf = (name) =>
    Object.keys(outputs).find((path) => outputs[path].entryPoint?.endsWith(`src/${name}.ts`));
  const built = (name) => pathOf(name).split("/").at(-1);
  await checkSize(outputs, pathOf("app"));
  await writeFile(`${STATIC}manifest.json`, JSON.stringify({ app: built("app") }));
  // The server knows these names; what they load may be kept for ever.
  for (const name of PAGES) await writeFile(`${STATIC}${name}.js`, `import "./${built(name)}";\n`);
  await removeOld(Object.keys(outputs));
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
    plugins: [ownYjs],
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
  await buildPages();
  await buildLoader();
  await buildStandalone();
}
