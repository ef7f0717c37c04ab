// One hap becomes sound: its controls are moved into the layer's own part of the mixer and given to superdough.
import { superdough } from "superdough";
import type { Mixer, Strip } from "./mixer.js";
import { type Sounds, soundName } from "./sounds.js";
import type { PlayedHap } from "./worker_messages.js";

/** A hap that is late by less than this still sounds, a little late. */
const LATE_AT_MOST_S = 0.05;
const SOONEST_S = 0.004;
/** How long a sample may ring beyond its hap when nothing says otherwise. */
const RINGS_ON_S = 4;
const LONGEST_S = 3600;

function finite(value: unknown, otherwise: number): number {
  const number = Number(value);
  return Number.isFinite(number) ? number : otherwise;
}

/** The controls of a hap with everything that names a shared thing made the layer's own. */
export function ownControls(value: Record<string, unknown>, strip: Strip): Record<string, unknown> {
  const own: Record<string, unknown> = { ...value };
  own.orbit = strip.orbit(value.orbit ?? 1);
  if (value.duckorbit !== undefined) {
    own.duckorbit = [value.duckorbit].flat().map((orbit) => strip.orbit(orbit));
  }
  if (value.cut !== undefined) own.cut = strip.orbit(value.cut);
  delete own.channels;
  delete own.analyze;
  return own;
}

/** Plays haps of layers through the mixer. */
export class Sounding {
  #context: AudioContext;
  #mixer: Mixer;
  #sounds: Sounds;
  #notice: (text: string, layer: string) => void;
  /** The layer that last gave the audio thread code of its own to run. */
  suspect: string | null = null;
  /** Haps left out because it was too late for them. */
  lateHaps = 0;

  constructor(
    context: AudioContext,
    mixer: Mixer,
    sounds: Sounds,
    notice: (text: string, layer: string) => void,
  ) {
    this.#context = context;
    this.#mixer = mixer;
    this.#sounds = sounds;
    this.#notice = notice;
  }

  /** Schedules one hap at an audio time in seconds. What cannot sound is said once and skipped. */
  play(layer: string, hap: PlayedHap, at_s: number, duration_s: number, cps: number): void {
    if (this.#mixer.isOff(layer)) return;
    const now = this.#context.currentTime;
    if (at_s < now - LATE_AT_MOST_S) {
      this.lateHaps++;
      return;
    }
    const name = soundName(hap.value);
    if (this.#sounds.ready(name) === null) {
      void this.#sounds.settle(name);
      return;
    }
    if (hap.value.byteBeatExpression !== undefined || hap.value.workletSrc !== undefined)
      this.suspect = layer;
    const strip = this.#mixer.strip(layer);
    const lasts_s = Math.min(duration_s, LONGEST_S);
    const release_s = Math.min(finite(hap.value.release, 0.1), LONGEST_S);
    strip.busyUntil_s = Math.max(strip.busyUntil_s, at_s + lasts_s + release_s + RINGS_ON_S);
    const start_s = Math.max(at_s, now + SOONEST_S);
    superdough(ownControls(hap.value, strip), start_s, lasts_s, cps, hap.begin).catch((error: unknown) => {
      this.#notice(error instanceof Error ? error.message : String(error), layer);
    });
  }
}
