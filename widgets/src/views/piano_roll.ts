// The piano roll: haps of a layer moving towards the line of now.

import type { SeenHap } from "../stage/messages.js";
import { wantsCalm } from "./animation.js";
import type { SharpCanvas } from "./canvas.js";

/** How many cycles are seen at once, and where now is in them. */
export const ROLL_CYCLES = 4;
/** Haps are known about two seconds ahead: most of the picture is the past. */
const NOW_AT = 0.7;
const LABEL_WIDTH = 40;
const MARGIN = 5;

/** A row of the roll: a pitch or a named sound. Pitches go up, sounds without pitch lie below them. */
export interface Row {
  key: string;
  label: string;
  pitch: number | null;
}

/** Which row a hap is in. */
export function rowKey(hap: SeenHap): string {
  return hap.note === null ? `s:${hap.sound ?? "?"}` : `n:${hap.note}`;
}

const PITCHES = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];

/** The name of a MIDI note: 60 is C4. */
export function pitchName(note: number): string {
  const nearest = Math.round(note);
  return `${PITCHES[((nearest % 12) + 12) % 12]}${Math.floor(nearest / 12) - 1}`;
}

/** The rows for these haps, from top to bottom: pitches from high to low, then sounds by name. */
export function rowsFor(haps: readonly SeenHap[]): Row[] {
  const rows = new Map<string, Row>();
  for (const hap of haps) {
    const key = rowKey(hap);
    const label = hap.note === null ? (hap.sound ?? "?") : pitchName(hap.note);
    if (!rows.has(key)) rows.set(key, { key, label, pitch: hap.note });
  }
  return sortRows([...rows.values()]);
}

/** What the roll shows: the first cycle seen and where the line of now stands (0..1). */
export function rollWindow(cycle: number, calm: boolean): { begin: number; now_at: number } {
  if (!calm) return { begin: cycle - ROLL_CYCLES * NOW_AT, now_at: NOW_AT };
  // Less motion: the picture stands still for four cycles and the line moves.
  const begin = Math.floor(cycle / ROLL_CYCLES) * ROLL_CYCLES;
  return { begin, now_at: (cycle - begin) / ROLL_CYCLES };
}

/** Rows that stay while a pattern plays, so that the picture does not jump when a pitch comes or goes. */
export class RowMemory {
  #rows: Row[] = [];
  #seen_at = new Map<string, number>();

  update(haps: readonly SeenHap[], cycle: number): Row[] {
    let changed = false;
    for (const hap of haps) {
      const key = rowKey(hap);
      if (!this.#seen_at.has(key)) changed = true;
      this.#seen_at.set(key, Math.max(hap.end, this.#seen_at.get(key) ?? hap.end));
    }
    for (const [key, seen] of this.#seen_at) {
      if (seen > cycle - ROLL_CYCLES * 2 && seen < cycle + 64) continue;
      this.#seen_at.delete(key);
      changed = true;
    }
    if (changed) {
      const fresh = rowsFor(haps);
      const known = new Set(fresh.map((row) => row.key));
      const kept = this.#rows.filter((row) => this.#seen_at.has(row.key) && !known.has(row.key));
      this.#rows = sortRows([...fresh, ...kept]);
    }
    return this.#rows;
  }
}

function sortRows(rows: Row[]): Row[] {
  return rows.sort((a, b) => {
    if (a.pitch !== null && b.pitch !== null) return b.pitch - a.pitch;
    if (a.pitch !== null || b.pitch !== null) return a.pitch === null ? 1 : -1;
    return a.label < b.label ? -1 : 1;
  });
}

/** Draws the roll at this cycle. */
export function drawRoll(
  canvas: SharpCanvas,
  haps: readonly SeenHap[],
  rows: readonly Row[],
  cycle: number,
): void {
  const context = canvas.begin();
  if (!context) return;
  const { begin, now_at } = rollWindow(cycle, wantsCalm());
  const left = canvas.width > 260 ? LABEL_WIDTH : 0;
  const width = canvas.width - left;
  const x = (at: number) => left + ((at - begin) / ROLL_CYCLES) * width;
  drawGrid(context, canvas, begin, x, left);
  const height = (canvas.height - 2 * MARGIN) / Math.max(rows.length, 3);
  const top = (canvas.height - height * rows.length) / 2;
  const yOf = new Map(rows.map((row, i) => [row.key, top + i * height]));
  for (const hap of haps) {
    const y = yOf.get(rowKey(hap));
    if (y !== undefined) drawHap(context, canvas, hap, x(hap.begin), x(hap.end), y, height, cycle, left);
  }
  if (left > 0) drawLabels(context, canvas, rows, top, height);
  context.fillStyle = canvas.ink.accent;
  context.fillRect(left + now_at * width - 0.75, 0, 1.5, canvas.height);
}

function drawGrid(
  context: CanvasRenderingContext2D,
  canvas: SharpCanvas,
  begin: number,
  x: (at: number) => number,
  left: number,
): void {
  for (let beat = Math.ceil(begin * 4); beat <= (begin + ROLL_CYCLES) * 4; beat++) {
    const at = x(beat / 4);
    if (at < left) continue;
    context.fillStyle = beat % 4 === 0 ? canvas.ink.line : canvas.ink.faint;
    context.fillRect(Math.round(at), 0, 1, canvas.height);
  }
}

function drawHap(
  context: CanvasRenderingContext2D,
  canvas: SharpCanvas,
  hap: SeenHap,
  from: number,
  to: number,
  y: number,
  height: number,
  cycle: number,
  left: number,
): void {
  const start = Math.max(from, left);
  if (to <= start) return;
  const sounding = hap.begin <= cycle && cycle < hap.end;
  const pad = Math.min(2, height * 0.12);
  context.globalAlpha = sounding
    ? 1
    : hap.end <= cycle
      ? 0.4
      : 0.3 + 0.5 * Math.min(1, Math.max(0, hap.gain));
  context.fillStyle = hap.color ?? (sounding ? canvas.ink.accent : canvas.ink.hap);
  const h = Math.max(1.5, Math.min(height - 2 * pad, 14));
  const w = Math.max(2, to - start - 1);
  context.beginPath();
  context.roundRect(start, y + (height - h) / 2, w, h, Math.min(3, h / 2, w / 2));
  context.fill();
  context.globalAlpha = 1;
}

function drawLabels(
  context: CanvasRenderingContext2D,
  canvas: SharpCanvas,
  rows: readonly Row[],
  top: number,
  height: number,
): void {
  context.font = "9.5px ui-monospace, Menlo, Consolas, monospace";
  context.textBaseline = "middle";
  context.fillStyle = canvas.ink.text;
  const every = Math.max(1, Math.ceil(11 / height));
  rows.forEach((row, i) => {
    if (i % every === 0) context.fillText(row.label.slice(0, 5), 8, top + (i + 0.5) * height);
  });
}
