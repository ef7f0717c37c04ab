// Two versions of a text, line by line, with the words marked that differ. Pure.

import { type DiffLine, diffLines } from "../line_diff.js";

/** A stretch of a line. */
export interface Part {
  text: string;
  isChanged: boolean;
}

/** A line of both versions, of one, or so many lines of both that are left out. */
export type MarkedLine =
  | { side: "same" | "before" | "after"; parts: Part[] }
  | { side: "gap"; lines: number };

/** So many unchanged lines are seen before and after a change. */
const CONTEXT = 2;
/** Longer lines are marked as a whole. */
const MOST_WORDS = 200;
/** With less in common, two lines are two lines and not one that was changed. */
const LEAST_ALIKE = 0.4;

/**
 * The lines to show. `isWriting`: the new version is not complete, so what it has not come to yet is not shown as
 * taken away.
 */
export function markedLines(was: string, is: string, isWriting = false): MarkedLine[] {
  // How many empty lines a text ends with is nobody's change.
  const [before, after] = [was, is].map((text) => text.replace(/\n+$/, "")) as [string, string];
  if (before === "") return after.split("\n").map((text) => plain("after", text));
  if (after === "" && !isWriting) return before.split("\n").map((text) => plain("before", text));
  const lines = diffLines(before, after);
  const marked: MarkedLine[] = [];
  for (let at = 0; at < lines.length; ) {
    if (lines[at]?.side === "same") {
      marked.push(plain("same", (lines[at] as DiffLine).text));
      at += 1;
      continue;
    }
    const end = lines.findIndex(({ side }, index) => index > at && side === "same");
    const run = lines.slice(at, end < 0 ? lines.length : end);
    marked.push(...changedLines(run, isWriting && end < 0));
    at += run.length;
  }
  return withGaps(marked, isWriting);
}

const plain = (side: "same" | "before" | "after", text: string): MarkedLine => ({
  side,
  parts: [{ text, isChanged: false }],
});

/**
 * The lines of one place that has changed: those that were, then those that are, alike ones marked against each other.
 * `isOpen`: more lines will come, and nothing is known of old ones that have no new one yet.
 */
function changedLines(run: readonly DiffLine[], isOpen: boolean): MarkedLine[] {
  const are = run.filter(({ side }) => side === "cell").map(({ text }) => text);
  const all = run.filter(({ side }) => side === "live").map(({ text }) => text);
  const were = isOpen ? all.slice(0, are.length) : all;
  const pairs = were.map((text, at) => (are[at] === undefined ? null : markedPair(text, are[at])));
  return [
    ...were.map((text, at) => pairs[at]?.[0] ?? plain("before", text)),
    ...are.map((text, at) => pairs[at]?.[1] ?? plain("after", text)),
  ];
}

const wordsOf = (line: string) => line.match(/[\p{L}\p{N}_]+|\s+|./gu) ?? [];

function markedPair(was: string, is: string): [MarkedLine, MarkedLine] | null {
  const [a, b] = [wordsOf(was), wordsOf(is)];
  if (a.length > MOST_WORDS || b.length > MOST_WORDS) return null;
  const words = diffLines(a.join("\n"), b.join("\n"));
  const shared = words.reduce((sum, { side, text }) => sum + (side === "same" ? text.trim().length : 0), 0);
  if (shared < LEAST_ALIKE * Math.max(was.trim().length, is.trim().length)) return null;
  const of = (own: "live" | "cell") => merged(words.filter(({ side }) => side === "same" || side === own));
  return [
    { side: "before", parts: of("live") },
    { side: "after", parts: of("cell") },
  ];
}

function merged(words: readonly DiffLine[]): Part[] {
  const parts: Part[] = [];
  for (const { side, text } of words) {
    const isChanged = side !== "same";
    const last = parts.at(-1);
    if (last?.isChanged === isChanged) last.text += text;
    else parts.push({ text, isChanged });
  }
  return parts;
}

/** Long stretches that both have are left out; where it is being written is seen. */
function withGaps(lines: readonly MarkedLine[], isWriting: boolean): MarkedLine[] {
  const isNear = (at: number) =>
    (isWriting && at >= lines.length - CONTEXT) ||
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ side }) => side !== "same");
  const shown: MarkedLine[] = [];
  for (const [at, line] of lines.entries()) {
    const last = shown.at(-1);
    if (isNear(at)) shown.push(line);
    else if (last?.side === "gap") last.lines += 1;
    else shown.push({ side: "gap", lines: 1 });
  }
  return shown;
}
