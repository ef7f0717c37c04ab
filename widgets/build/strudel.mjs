// How @strudel/* is bundled, said once for every bundle that contains it.
import { fileURLToPath } from "node:url";

const MODULES = fileURLToPath(new URL("../node_modules/", import.meta.url));
const ENGINE = fileURLToPath(new URL("../src/engine/", import.meta.url));

export const DEFINE = { "process.env.NODE_ENV": '"production"' };

/**
 * The esbuild plugin: one copy of each package, from source, because the dist files inline private copies of
 * core's state and xen pins an older core; and the evaluator's own code generator, logger and speech.
 */
export function strudelPlugin() {
  return {
    name: "strudel",
    setup(build) {
      build.onResolve({ filter: /^@strudel\/(core|mini|tonal|transpiler|draw|webaudio|xen)$/ }, (args) => ({
        path: `${MODULES}${args.path}/index.mjs`,
      }));
      build.onResolve({ filter: /^@strudel\/core\/.*\.mjs$/ }, (args) => ({
        path: `${MODULES}${args.path}`,
      }));
      // Upstream's transpiler generates code that runs in a microtask, which no time limit covers.
      build.onResolve({ filter: /^escodegen$/ }, (args) =>
        args.importer.includes("@strudel/transpiler/") ? { path: `${ENGINE}codegen.ts` } : undefined,
      );
      // Upstream's logger drops a message it has just seen: a second check would miss the same error.
      build.onResolve({ filter: /^\.\/logger\.mjs$/ }, (args) =>
        args.importer.includes("@strudel/core/") ? { path: `${ENGINE}log.ts` } : undefined,
      );
      // It looks for the browser's voice when it is loaded; the evaluator has no voice.
      build.onResolve({ filter: /^\.\/speak\.mjs$/ }, (args) =>
        args.importer.includes("@strudel/core/") ? { path: args.path, namespace: "no-speech" } : undefined,
      );
      build.onLoad({ filter: /.*/, namespace: "no-speech" }, () => ({ contents: "export {};" }));
      // The audio graph language is compiled where it sounds, never where patterns are evaluated.
      build.onResolve({ filter: /^@kabelsalat\/web$/ }, (args) =>
        args.importer.includes("@strudel/core/") ? { path: `${ENGINE}no_kabelsalat.ts` } : undefined,
      );
    },
  };
}

/** Makes `@strudel/core` in a bundle mean the core that engine.js already holds. */
export function sharedCorePlugin() {
  return {
    name: "shared-core",
    setup(build) {
      build.onResolve({ filter: /^@strudel\/core$/ }, () => ({ path: `${ENGINE}shared_core.ts` }));
    },
  };
}
