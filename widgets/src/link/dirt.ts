// A hap as SuperDirt knows it.

import type { SeenHap } from "../stage/messages.js";

/** A hap on its way to the server, which sends it by OSC. */
export interface OscHap {
  /** By the session's clock. */
  at_ms: number;
  cycle: number;
  cps: number;
  delta_s: number;
  controls: Record<string, number | string>;
}

const NAME = /^[A-Za-z][A-Za-z0-9_]{0,31}$/;
/** Names of Strudel's that SuperDirt says otherwise: a pitch is a `midinote`, a bank is part of the sound's name. */
const SAID_OTHERWISE = ["note", "freq", "midinote", "bank"];

/** The controls of a hap for SuperDirt; null for one that names no sound: SuperDirt has none of its own. */
export function dirtControls({ controls = {}, note }: SeenHap): OscHap["controls"] | null {
  const made: OscHap["controls"] = {};
  for (const [name, value] of Object.entries(controls)) {
    if (NAME.test(name) && !SAID_OTHERWISE.includes(name)) made[name] = value;
  }
  const { bank, s } = controls;
  if (typeof bank === "string" && typeof s === "string") made["s"] = `${bank}${s}`;
  if (note !== null) made["midinote"] = note;
  return made["s"] === undefined ? null : made;
}
