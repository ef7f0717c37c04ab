// MIDI messages as bytes, and a hap as the messages that a device understands.

import type { SeenHap } from "../stage/messages.js";

/** A message and when it leaves, in ms of `performance.now()`. */
export interface Timed {
  bytes: readonly number[];
  at_ms: number;
}

export const CLOCK = [0xf8] as const;
export const START = [0xfa] as const;
export const CONTINUE = [0xfb] as const;
export const STOP = [0xfc] as const;

/** Keys for sounds without a pitch: General MIDI's drums. */
const DRUM_KEYS: Readonly<Record<string, number>> = {
  bd: 36,
  rim: 37,
  sd: 38,
  cp: 39,
  lt: 41,
  hh: 42,
  mt: 45,
  oh: 46,
  cr: 49,
  ht: 50,
  rd: 51,
  tb: 54,
  cb: 56,
};
/** What Strudel plays when nothing is said. */
const USUAL_VELOCITY = 0.9;
const BEND_CENTRE = 8192;

/** A note of a hap, on a channel from 1 to 16. */
export interface MidiNote {
  channel: number;
  /** 0 to 127; 60 is the middle C. */
  key: number;
  /** 1 to 127. */
  velocity: number;
}

/** What a hap is for a device: messages that come first, and its note when it has one. */
export interface HapMidi {
  before: number[][];
  note: MidiNote | null;
}

function within(value: number, low: number, high: number): number {
  return Math.min(Math.max(Math.round(value), low), high);
}

/** The song position pointer: how many sixteenths from the beginning, which goes round after 16,384. */
export function songPosition(sixteenths: number): number[] {
  const position = ((Math.round(sixteenths) % 16_384) + 16_384) % 16_384;
  return [0xf2, position & 0x7f, position >> 7];
}

export function noteOn({ channel, key, velocity }: MidiNote): number[] {
  return [0x90 | (channel - 1), key, velocity];
}

export function noteOff(channel: number, key: number): number[] {
  return [0x80 | (channel - 1), key, 0];
}

/** For devices that lost a message on the way. */
export function allNotesOff(channel: number): number[] {
  return [0xb0 | (channel - 1), 123, 0];
}

function numberIn(hap: SeenHap, name: string): number | null {
  const value = hap.controls?.[name];
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}

function keyOf(hap: SeenHap): number | null {
  const asked = numberIn(hap, "midinote") ?? hap.note;
  const key = asked === null ? (DRUM_KEYS[hap.sound ?? ""] ?? null) : Math.round(asked);
  return key === null || key < 0 || key > 127 ? null : key;
}

/** Messages for Strudel's controls that are no notes: `ccn` and `ccv`, `progNum`, `midibend`, `miditouch`. */
function changesOf(hap: SeenHap, channel: number): number[][] {
  const low = channel - 1;
  const made: number[][] = [];
  const program = numberIn(hap, "progNum");
  if (program !== null) made.push([0xc0 | low, within(program, 0, 127)]);
  const [controller, value] = [numberIn(hap, "ccn"), numberIn(hap, "ccv")];
  if (controller !== null && value !== null)
    made.push([0xb0 | low, within(controller, 0, 127), within(value * 127, 0, 127)]);
  const bend = numberIn(hap, "midibend");
  if (bend !== null) {
    const amount = within(BEND_CENTRE + bend * BEND_CENTRE, 0, 16_383);
    made.push([0xe0 | low, amount & 0x7f, amount >> 7]);
  }
  const touch = numberIn(hap, "miditouch");
  if (touch !== null) made.push([0xd0 | low, within(touch * 127, 0, 127)]);
  return made;
}

/** What a hap is on its layer's channel, or on its own when it says `midichan`. */
export function midiOf(hap: SeenHap, layerChannel: number): HapMidi {
  const channel = within(numberIn(hap, "midichan") ?? layerChannel, 1, 16);
  const key = keyOf(hap);
  const loudness = (numberIn(hap, "velocity") ?? USUAL_VELOCITY) * hap.gain;
  const note = key === null ? null : { channel, key, velocity: within(loudness * 127, 1, 127) };
  return { before: changesOf(hap, channel), note };
}
