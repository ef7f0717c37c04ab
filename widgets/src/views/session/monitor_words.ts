// What one hears of a session here, and how well anybody keeps its time, in words. Pure.

import type { MonitorMode } from "../../page/monitor.js";
import type { Timing } from "../../protocol.js";

/** What a page hears, apart from everything. */
export interface Monitoring {
  mode: MonitorMode;
  /** Layers that play, and those of them that one has played last oneself. */
  playing: number;
  own: number;
  /** Names of layers whose draft is heard. */
  drafts: readonly string[];
}

/** What one hears; empty when that is what everybody hears. */
export function monitorWords({ mode, playing, own, drafts }: Monitoring): string {
  const words: string[] = [];
  if (mode === "none") words.push("You hear nothing here; the others go on hearing it.");
  else if (mode === "own" && own === 0) words.push("You hear your own layers only, and none of yours plays.");
  else if (mode === "own") words.push(`You hear your own layers only: ${own} of ${playing}.`);
  if (drafts.length > 0)
    words.push(`Only you hear your ${drafts.length === 1 ? "draft" : "drafts"} of ${listed(drafts)}.`);
  return words.join(" ");
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** What to do about a machine that does not keep time. */
export function ownTroubleWords(mode: MonitorMode): string {
  const more = mode === "all" ? ", or hear only your own layers" : "";
  return `This computer cannot keep up: what you hear is late or has gaps. Close other tabs and programs${more}.`;
}

/** How well somebody keeps time, in short and for who looks closer. */
export function timingWords(timing: Timing): { short: string; more: string } {
  const { phase_error_ms, output_latency_ms, keeps_time } = timing;
  const off_ms = Math.abs(phase_error_ms);
  const latency = `Its sound takes ${output_latency_ms} ms to the ear as far as its browser knows; that is made up for.`;
  if (!keeps_time)
    return {
      short: "cannot keep time",
      more: `This computer plays too late or with gaps, ${off_ms} ms from the session's time just now, by its own word. ${latency}`,
    };
  return {
    short: `±${off_ms} ms`,
    more: `Plays within ${off_ms} ms of the session's time, by its own word. ${latency}`,
  };
}
