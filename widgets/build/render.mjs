// render.js: the evaluator, superdough, web-audio-api and the kit in one script for a bare JavaScript engine.
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { ROOT, STATIC } from "../build.mjs";
import { DEFINE, strudelPlugin } from "./strudel.mjs";

const MODULES = fileURLToPath(new URL("../node_modules/", import.meta.url));

const COMMON = {
  bundle: true,
  format: "iife",
  platform: "neutral",
  mainFields: ["module", "main"],
  target: "es2022",
  minify: true,
  legalComments: "none",
  define: { ...DEFINE, "import.meta.url": '"about:blank"' },
  logLevel: "warning",
};

/** One copy of the audio graph language: its library asks for the built core, which would be a second one. */
export function kabelsalatPlugin() {
  return {
    name: "kabelsalat",
    setup(build) {
      const core = `${MODULES}@kabelsalat/core/src/index.js`;
      build.onResolve({ filter: /^@kabelsalat\/core$/ }, () => ({ path: core }));
    },
  };
}

/** Superdough from its source, with its worklets as a text that the render context evaluates. */
function superdoughPlugin() {
  return {
    name: "superdough",
    setup(build) {
      build.onResolve({ filter: /^superdough$/ }, () => ({ path: `${MODULES}superdough/index.mjs` }));
      build.onResolve({ filter: /\?audioworklet$/ }, () => ({ path: "superdough", namespace: "worklets" }));
      build.onLoad({ filter: /.*/, namespace: "worklets" }, async () => {
        const made = await esbuild.build({
          ...COMMON,
          entryPoints: [`${MODULES}superdough/worklets.mjs`],
          write: false,
        });
        return { contents: made.outputFiles[0].text, loader: "text" };
      });
      // Parameters that rest take the place of the package's own, everywhere in it.
      build.onResolve(
        { filter: /^(\.\/|\.\/src\/|web-audio-api\/src\/)AudioParam\.js$/ },
        ({ importer }) => ({
          path: importer.endsWith("resting_param.ts")
            ? `${MODULES}web-audio-api/src/AudioParam.js`
            : `${ROOT}src/render/resting_param.ts`,
        }),
      );
      // Formats other than WAV and the sound card belong to other hosts.
      build.onResolve({ filter: /^(@audio\/(decode|speaker|mic)|node:.*)$/ }, ({ path }) => ({
        path,
        namespace: "absent",
      }));
      build.onLoad({ filter: /.*/, namespace: "absent" }, () => ({
        contents: "export default null;",
        loader: "js",
      }));
    },
  };
}

export async function build() {
  await esbuild.build({
    ...COMMON,
    entryPoints: [`${ROOT}src/render/offline.ts`],
    outfile: `${STATIC}render.js`,
    plugins: [superdoughPlugin(), kabelsalatPlugin(), strudelPlugin()],
  });
}
