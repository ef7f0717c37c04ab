// Upstream's own code in Node says what pattern code means: the packages as they are, their real `repl`, no scheduler.
// Writes JSON: [{name, code, cps, haps: [text]} | {name, code, error}]. Arguments: the widgets folder, a file of own
// cases [{name, code}], and `own` when the examples in the packages are not wanted.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [WIDGETS, OWN, ONLY] = process.argv.slice(2);
const MODULES = `${WIDGETS}/node_modules/`;
const require = createRequire(`${WIDGETS}/package.json`);
const esbuild = require("esbuild");
const { parse: parseComments } = require("comment-parser");
const CYCLES = 4;

const PACKAGES = ["core", "mini", "tonal", "transpiler", "xen", "webaudio", "draw"];
const SOURCES = [...PACKAGES.map((name) => `@strudel/${name}`), "superdough"];

function examples() {
  const found = [];
  for (const name of SOURCES) {
    const folder = `${MODULES}${name}`;
    for (const file of readdirSync(folder).filter((file) => file.endsWith(".mjs")).sort()) {
      let index = 0;
      for (const comment of parseComments(readFileSync(`${folder}/${file}`, "utf8"), { spacing: "preserve" })) {
        for (const tag of comment.tags.filter((tag) => tag.tag === "example")) {
          found.push({ name: `${name}/${file}#${index++}`, code: exampleText(tag) });
        }
      }
    }
  }
  return found;
}

function exampleText(tag) {
  const lines = tag.source.map(({ source }) => source.replace(/\*\/\s*$/, "").replace(/^\s*\* ?/, ""));
  return lines.join("\n").replace(/^[\s\S]*?@example/, "").trim();
}

const onePackage = {
  name: "one-copy",
  setup(build) {
    const filter = /^@strudel\/(core|mini|tonal|transpiler|xen|webaudio|draw)$/;
    build.onResolve({ filter }, ({ path }) => ({ path: `${MODULES}${path}/index.mjs` }));
    build.onResolve({ filter: /\?audioworklet$/ }, ({ path }) => ({ path, namespace: "worklet" }));
    build.onLoad({ filter: /.*/, namespace: "worklet" }, () => ({ contents: "export default ''" }));
  },
};

async function upstream() {
  const names = PACKAGES.map((name) => `export * as ${name} from "@strudel/${name}";`).join("\n");
  const made = await esbuild.build({
    stdin: { contents: names, resolveDir: WIDGETS, loader: "js" },
    plugins: [onePackage],
    bundle: true,
    write: false,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "error",
  });
  const text = Buffer.from(made.outputFiles[0].contents).toString("base64");
  return import(`data:text/javascript;base64,${text}`);
}

// The console belongs to the answer; the library talks a lot.
for (const level of ["log", "info", "warn", "error"]) console[level] = () => {};

const { core, mini, tonal, transpiler, xen, webaudio, draw } = await upstream();
const done = () => Promise.resolve();
// What the REPL of the site adds, or what would go to the network.
const site = {
  samples: done, aliasBank: done, tables: done, soundAlias() {}, registerSound() {}, window: undefined,
  sliderWithID: (id, value) => core.ref(() => Number(value.__pure ?? value)),
  slider: (value) => core.ref(() => Number(value.__pure ?? value)),
};
for (const name of ["_scope", "_pianoroll", "_punchcard", "_spiral", "_pitchwheel", "_spectrum", "_wordfall", "markcss"]) {
  core.Pattern.prototype[name] = function () { return this; };
}
for (const name of ["_pianoroll", "_punchcard", "_spiral", "_scope", "_pitchwheel", "_spectrum", "_wordfall"]) {
  transpiler.registerWidgetType(name);
}

async function judged({ name, code }) {
  const prototype = Object.getOwnPropertyDescriptors(core.Pattern.prototype);
  let problem = null;
  const repl = core.repl({
    transpiler: transpiler.transpiler,
    getTime: () => 0,
    onEvalError: (error) => { problem = error; },
  });
  try {
    await core.evalScope(core, mini, tonal, xen, draw, webaudio, site);
    core.useRNG("legacy");
    tonal.setDefaultVoicings("ireal");
    const pattern = await repl.evaluate(code, false);
    if (problem) throw problem;
    const span = new core.TimeSpan(0, CYCLES);
    const haps = pattern.sortHapsByPart().query(new core.State(span));
    return { name, code, cps: repl.scheduler.cps, haps: haps.map((hap) => hap.show(true)) };
  } catch (error) {
    return { name, code, error: String(error?.message ?? error) };
  } finally {
    for (const key of Reflect.ownKeys(core.Pattern.prototype)) {
      if (!(key in prototype)) delete core.Pattern.prototype[key];
    }
    Object.defineProperties(core.Pattern.prototype, prototype);
  }
}

const results = [];
const own = JSON.parse(readFileSync(OWN, "utf8"));
for (const example of ONLY === "own" ? own : [...examples(), ...own]) results.push(await judged(example));
process.stdout.write(JSON.stringify(results), () => process.exit(0));
