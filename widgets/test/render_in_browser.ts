// The same haps through superdough in a real browser's OfflineAudioContext: what renders are measured against.
import * as dough from "superdough";
import { evaluate } from "../src/engine/evaluate.js";
import { Noise } from "../src/kit/noise.js";
import { installKabelsalat } from "../src/render/kabelsalat.js";
import { onsetsOf, stepFrames } from "../src/render/score.js";
import { Shelf } from "../src/render/shelf.js";

interface Request {
  code: string;
  cycles: number;
  sample_rate: number;
  seed: number;
}

/** Rooms are made in the background: they must be there before their first sound. */
const SETTLE_MS = 400;

/** Give both channels, interleaved, as base64 of 32-bit floats, and how long the render took. */
async function renderInBrowser({
  code,
  cycles,
  sample_rate,
  seed,
}: Request): Promise<{ base64: string; took_ms: number }> {
  const started = performance.now();
  const evaluation = evaluate(code);
  // Evaluating takes away what it did not find when it was loaded.
  installKabelsalat();
  const noise = new Noise(seed);
  Math.random = () => noise.unit();
  const { cps } = evaluation;
  const lead = stepFrames(sample_rate);
  const step_s = lead / sample_rate;
  const frames = Math.round((cycles / cps) * sample_rate);
  const context = new OfflineAudioContext(2, lead + frames, sample_rate);
  const shelf = new Shelf(evaluation, {}, sample_rate);
  const fetchBefore = globalThis.fetch;
  globalThis.fetch = ((address: string) =>
    String(address).startsWith("kit:") ? shelf.fetch(address) : fetchBefore(address)) as typeof fetch;
  dough.setLogger(() => undefined);
  dough.setAudioContext(context as unknown as AudioContext);
  await dough.initAudio({ maxPolyphony: 128 });
  const onsets = onsetsOf(evaluation, shelf, { cycles, cps }, lead / sample_rate);
  const schedule = async (until_s: number): Promise<void> => {
    while (onsets[0] !== undefined && onsets[0].at_s < until_s) {
      const { controls, at_s, duration_s, cycle } = onsets.shift() as (typeof onsets)[number];
      await dough.superdough(controls, at_s, duration_s, cps, cycle);
    }
  };
  await schedule(2 * step_s);
  const settled_ms = code.includes("room") ? SETTLE_MS : 0;
  await new Promise((resolve) => setTimeout(resolve, settled_ms));
  for (let step = 1; step * lead < lead + frames; step++) {
    void context.suspend(step * step_s).then(async () => {
      await schedule((step + 2) * step_s);
      void context.resume();
    });
  }
  const rendered = await context.startRendering();
  const took_ms = performance.now() - started - settled_ms;
  const interleaved = new Float32Array(2 * frames);
  for (const channel of [0, 1]) {
    const samples = rendered.getChannelData(channel);
    for (let index = 0; index < frames; index++)
      interleaved[2 * index + channel] = samples[lead + index] as number;
  }
  const bytes = new Uint8Array(interleaved.buffer);
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768)
    text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return { base64: btoa(text), took_ms };
}

Object.assign(globalThis, { renderInBrowser });
