// Makes static/sounds.json: the names of sounds for `%algorave sounds` and for completion in the kernel.
import { writeFile } from "node:fs/promises";
import esbuild from "esbuild";
import { ROOT, STATIC } from "../build.mjs";

export async function build() {
  const { outputFiles } = await esbuild.build({
    entryPoints: [`${ROOT}src/engine/sound_names.ts`],
    bundle: true,
    format: "esm",
    write: false,
  });
  const url = `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`;
  const { BANKS, DOWNLOADS, OFFLINE } = await import(url);
  const sounds = { version: 1, offline: [...OFFLINE], download: [...DOWNLOADS], banks: [...BANKS] };
  await writeFile(`${STATIC}sounds.json`, JSON.stringify(sounds));
}
