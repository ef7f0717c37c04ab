// The page that the browser tests of the stage drive: one Stage, and everything it says, within reach of the test.
import { Stage, type StageOptions } from "../src/stage/host.js";
import type { FromStage } from "../src/stage/messages.js";

const KINDS: readonly FromStage["kind"][] = [
  "ready",
  "evaluated",
  "failed",
  "stopped",
  "haps",
  "clock",
  "levels",
  "notice",
  "captured",
  "scoped",
];

function make(options: StageOptions): { stage: Stage; said: FromStage[] } {
  const stage = new Stage(options);
  const said: FromStage[] = [];
  for (const kind of KINDS) stage.on(kind, (news: FromStage) => said.push(news));
  return { stage, said };
}

Object.assign(window, { makeStage: make });
