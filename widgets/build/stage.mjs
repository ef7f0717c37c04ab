// stage.html: the page in which pattern code runs, everything inlined, with its content security policy; and
// stage.csp: the same policy for the server to send as a header.
import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import esbuild from "esbuild";
import { ROOT, STATIC } from "../build.mjs";
import { kabelsalatPlugin } from "./render.mjs";
import { DEFINE, strudelPlugin } from "./strudel.mjs";

const COMMON = {
  bundle: true,
  format: "iife",
  target: "es2022",
  minify: true,
  legalComments: "none",
  define: { ...DEFINE, "import.meta.url": '"about:blank"' },
  // The libraries' chatter; what people should know goes over the port.
  drop: ["console"],
  logLevel: "warning",
  write: false,
};

async function bundle(entry, plugins = []) {
  const platform = { platform: "browser", mainFields: ["module", "main"] };
  const made = await esbuild.build({
    ...COMMON,
    ...platform,
    entryPoints: [`${ROOT}src/stage/${entry}`],
    plugins,
  });
  return made.outputFiles[0].text;
}

/** Makes `stage:<name>` importable as a text. */
function texts(byName) {
  return {
    name: "texts",
    setup(build) {
      build.onResolve({ filter: /^stage:/ }, ({ path }) => ({
        path: path.slice("stage:".length),
        namespace: "stage",
      }));
      build.onLoad({ filter: /.*/, namespace: "stage" }, ({ path }) => ({
        contents: byName[path],
        loader: "text",
      }));
    },
  };
}

function policyFor(script) {
  const hash = createHash("sha256").update(script).digest("base64");
  return [
    "default-src 'none'",
    // Patterns are evaluated in Workers, which inherit this policy; superdough's worklets are data: addresses.
    `script-src 'sha256-${hash}' 'unsafe-eval' blob: data:`,
    "worker-src blob:",
    "connect-src 'none'",
    "img-src 'none'",
    "media-src 'none'",
    "style-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

export async function build() {
  const [worker, limiter] = await Promise.all([
    bundle("worker.ts", [strudelPlugin(), kabelsalatPlugin()]),
    bundle("limiter_worklet.ts"),
  ]);
  const made = await bundle("frame.ts", [texts({ worker, limiter })]);
  // Neither may end or change the script element it stands in.
  const script = made.replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
  const policy = policyFor(script);
  const page = [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    `<title>algorave stage</title></head><body><script>${script}</script></body></html>`,
  ].join("");
  await writeFile(`${STATIC}stage.html`, page);
  await writeFile(`${STATIC}stage.csp`, `sandbox allow-scripts; ${policy}; frame-ancestors 'self'\n`);
}
