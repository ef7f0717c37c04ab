// What the app stands in: the stage that sounds, and the names that can be typed.

import type { Names } from "./editor/completion.js";
import { BANKS } from "./engine/sound_names.js";
import { soundNames } from "./engine/sounds.js";
import type { Assets } from "./mount.js";
import type { StagePort } from "./page/engine.js";
import { Stage } from "./stage/host.js";

const SCALES = [
  "major",
  "minor",
  "dorian",
  "phrygian",
  "lydian",
  "mixolydian",
  "aeolian",
  "locrian",
  "major:pentatonic",
  "minor:pentatonic",
  "harmonic:minor",
  "melodic:minor",
  "major:blues",
  "minor:blues",
  "whole:tone",
  "chromatic",
  "ritusen",
  "egyptian",
  "hirajoshi",
  "iwato",
];

let names: Names | null = null;

/** Sounds, banks and scales, for completion. */
export function completionNames(): Names {
  names ??= {
    sounds: [...new Set(soundNames())].sort(),
    banks: [...BANKS].flat().sort(),
    scales: ["C", "D", "E", "F", "G", "A", "B"].flatMap((root) => SCALES.map((scale) => `${root}:${scale}`)),
  };
  return names;
}

/** The stage of this page. */
export function makeStage(assets: Assets): StagePort {
  return new Stage(assets);
}
