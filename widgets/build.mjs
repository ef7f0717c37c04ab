// Builds everything the browser and the headless engine need into algorave_widgets/static.
// `node build.mjs` runs all steps; `node build.mjs engine stage` only those named.
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL(".", import.meta.url));
export const STATIC = `${ROOT}algorave_widgets/static/`;

// In order: the stage page embeds the worker, the app embeds nothing but names the others.
const STEPS = ["reference", "sounds", "engine", "render", "stage", "app", "labextension"];

async function main(wanted) {
  for (const name of wanted) {
    if (!STEPS.includes(name)) throw new Error(`no build step '${name}'; there are: ${STEPS.join(", ")}`);
  }
  await mkdir(STATIC, { recursive: true });
  for (const name of STEPS) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const started = performance.now();
    const { build } = await import(`./build/${name}.mjs`);
    await build();
    console.log(`built ${name} in ${Math.round(performance.now() - started)} ms`);
  }
}

// Not awaited here: the steps import this module, and would wait for it while it waits for them.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main(process.argv.slice(2)).catch((error) => {
    console.error(error);
    process.exitCode = 1;
  });
}
