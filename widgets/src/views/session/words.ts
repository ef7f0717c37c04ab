// What people read about a session: roles, times, numbers. Pure.

import type { Role } from "../../protocol.js";

/** What a role is called. */
export const ROLE_WORDS: Record<Role, string> = { host: "host", co_author: "co-author", viewer: "viewer" };

/** What a role may do, for those who choose one. */
export const ROLE_SENTENCES: Record<Role, string> = {
  host: "plays, invites, and decides who may do what",
  co_author: "writes code and plays it",
  viewer: "listens, watches and chats",
};

/** At most this many characters make a name, as the server counts them. */
export const MAX_NAME_LENGTH = 40;

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

function firstOf(word: string): string {
  return [...graphemes.segment(word)][0]?.segment ?? "";
}

/** One or two letters that stand for a name: of its first and its last word. */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== "");
  const [first = "", ...others] = words;
  const last = others.at(-1) ?? "";
  return (firstOf(first) + firstOf(last)).toUpperCase() || "?";
}

/** How many hear the session, themselves among them. */
export function listeningWords(count: number): string {
  return `${count} listening`;
}

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

/** A stretch of time in its largest unit that fits. */
export function spanWords(span_s: number): string {
  const span = Math.max(0, span_s);
  for (const [unit_s, word] of [
    [DAY_S, "day"],
    [HOUR_S, "hour"],
    [MINUTE_S, "minute"],
  ] as const) {
    const count = Math.round(span / unit_s);
    if (span >= unit_s * 0.99) return `${count} ${word}${count === 1 ? "" : "s"}`;
  }
  return "a moment";
}

/** How long ago something was, at `now_ms`. */
export function agoWords(at: string, now_ms: number): string {
  const ago_s = (now_ms - Date.parse(at)) / 1000;
  return ago_s < MINUTE_S ? "just now" : `${spanWords(ago_s)} ago`;
}

/** How long something lasts from `now_ms` on; null is for ever. */
export function leftWords(until_at: string | null, now_ms: number): string {
  if (until_at === null) return "until it is lifted";
  const left_s = (Date.parse(until_at) - now_ms) / 1000;
  return left_s <= 0 ? "over" : `${spanWords(left_s)} left`;
}

/** How many came by an invite, of how many that may. */
export function usesWords(uses: number, max: number | null): string {
  if (max === null) return `${uses} came`;
  return `${uses} of ${max} came`;
}

/** The time of day of a server's time in ms, as people here write it. */
export function timeOfDay(server_ms: number): string {
  return new Date(server_ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

/** A name as a layer takes it, from what somebody typed; null when nothing of it fits. */
export function layerName(typed: string): string | null {
  const name = typed
    .normalize("NFKD")
    .replace(/^[\s\d-]+|\s+$/g, "")
    .replace(/\s+/g, "_")
    .replace(/[^A-Za-z0-9_-]/g, "")
    .slice(0, 40);
  return name === "" ? null : name;
}

/** The first of `name`, `name2`, `name3` … that no layer has. */
export function freeName(name: string, taken: readonly string[]): string {
  if (!taken.includes(name)) return name;
  for (let number = 2; ; number++) if (!taken.includes(`${name}${number}`)) return `${name}${number}`;
}

/** The secret of an invite in an address or in what somebody pasted; null when there is none. */
export function secretIn(text: string): string | null {
  const found = /#(?:.*&)?i=([A-Za-z0-9_-]{20,200})/.exec(text) ?? /^\s*([A-Za-z0-9_-]{43})\s*$/.exec(text);
  return found?.[1] ?? null;
}

/** The id of the session that the fragment of an address names; null when it names none. */
export function sessionIn(hash: string): string | null {
  return /^#(?:.*&)?s=([0-9a-f]{32})/.exec(hash)?.[1] ?? null;
}
