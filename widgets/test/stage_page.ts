// The page that the browser tests of the stage drive: one Stage, everything it says, and its sound as samples.
import { Stage, type StageOptions } from "../src/stage/host.js";
import type { FromStage } from "../src/stage/messages.js";

const KEPT: readonly FromStage["kind"][] = [
  "ready",
  "evaluated",
  "failed",
  "stopped",
  "haps",
  "clock",
  "levels",
  "notice",
  "scoped",
  "thinned",
];

type Block = Extract<FromStage, { kind: "captured" }>;

let blocks: Block[] = [];

/** Seconds of sound captured so far. */
function heard_s(): number {
  return blocks.reduce((sum, { left, sample_rate }) => sum + left.length / sample_rate, 0);
}

function base64(channels: Float32Array[]): string {
  const bytes = new Uint8Array(channels.reduce((sum, each) => sum + each.byteLength, 0));
  let at = 0;
  for (const each of channels) {
    bytes.set(new Uint8Array(each.buffer, each.byteOffset, each.byteLength), at);
    at += each.byteLength;
  }
  let text = "";
  for (let start = 0; start < bytes.length; start += 32_768) {
    text += String.fromCharCode(...bytes.subarray(start, start + 32_768));
  }
  return btoa(text);
}

/** Everything captured: its first frame, the rate, and the left channel as base64 of 32-bit floats. */
function sound(): { frame: number; rate: number; left: string; right: string } {
  const [first] = blocks;
  return {
    frame: first?.frame ?? 0,
    rate: first?.sample_rate ?? 0,
    left: base64(blocks.map(({ left }) => left)),
    right: base64(blocks.map(({ right }) => right)),
  };
}

/** Timer gaps of this page in ms: how long it did not answer. */
const gaps: number[] = [];
let beat = performance.now();
setInterval(() => {
  const now = performance.now();
  gaps.push(now - beat);
  beat = now;
}, 5);

function makeStage(options: StageOptions): void {
  const stage = new Stage(options);
  const said: FromStage[] = [];
  for (const kind of KEPT) stage.on(kind, (news: FromStage) => said.push(news));
  stage.on("captured", (block) => blocks.push(block));
  Object.assign(window, { stage, said });
}

Object.assign(window, {
  makeStage,
  heard_s,
  sound,
  gaps,
  forgetSound: () => {
    blocks = [];
  },
});
