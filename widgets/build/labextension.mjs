// The JupyterLab extension: package.json and one federated module, written by hand-made rules instead of webpack's.
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import esbuild from "esbuild";
import { ROOT } from "../build.mjs";

const FOLDER = `${ROOT}algorave_widgets/labextension/`;

export async function build() {
  const built = await esbuild.build({
    bundle: true,
    format: "iife",
    platform: "browser",
    target: "es2022",
    minify: true,
    entryPoints: [`${ROOT}src/labextension.ts`],
    logLevel: "warning",
    write: false,
  });
  const code = built.outputFiles[0].text;
  const load = `static/remoteEntry.${createHash("sha256").update(code).digest("hex").slice(0, 20)}.js`;
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(`${FOLDER}static`, { recursive: true });
  await writeFile(FOLDER + load, code);
  const { version } = JSON.parse(await readFile(`${ROOT}package.json`, "utf8"));
  const description = {
    name: "algorave",
    version: version ?? "0.1.0",
    description: "Live code music together, in notebooks",
    license: "AGPL-3.0-or-later",
    jupyterlab: {
      extension: true,
      mimeExtension: true,
      _build: { load, extension: "./extension", mimeExtension: "./mimeExtension" },
    },
  };
  await writeFile(`${FOLDER}package.json`, JSON.stringify(description, null, 2));
}
