// A small picture of the first cycles of some haps, that stands still: drawn by the style in the theme's colours.

import type { SeenHap } from "../../stage/messages.js";
import { BEATS_PER_CYCLE } from "../../time/beats.js";
import { rowKey, rowsFor } from "../piano_roll.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 320;
const HEIGHT = 64;
const MARGIN = 4;
const MOST_DRAWN = 600;

/** What makes a hap the same in two pictures. */
const keyOf = ({ begin, end, note, sound }: SeenHap) => `${begin} ${end} ${note} ${sound}`;

function shape(name: string, attributes: Record<string, number | string>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** Whether two pictures would differ. */
export function looksDifferent(one: readonly SeenHap[], other: readonly SeenHap[]): boolean {
  const keys = new Set(one.map(keyOf));
  return one.length !== other.length || other.some((hap) => !keys.has(keyOf(hap)));
}

/** The haps over so many cycles; those that are not in `other` stand out. Both lists share their rows. */
export function stillRoll(
  haps: readonly SeenHap[],
  other: readonly SeenHap[],
  cycles: number,
  label: string,
): SVGElement {
  const svg = shape("svg", {
    class: "alg-ask-roll",
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    preserveAspectRatio: "none",
    role: "img",
    "aria-label": label,
  });
  for (let beat = 1; beat < cycles * BEATS_PER_CYCLE; beat++) {
    const x = (beat / (cycles * BEATS_PER_CYCLE)) * WIDTH;
    svg.append(
      shape("path", {
        class: beat % BEATS_PER_CYCLE === 0 ? "alg-ask-bar" : "alg-ask-beat",
        d: `M${x} 0V${HEIGHT}`,
      }),
    );
  }
  const rows = rowsFor([...haps, ...other]);
  const at = new Map(rows.map(({ key }, index) => [key, index]));
  const height = (HEIGHT - 2 * MARGIN) / Math.max(rows.length, 3);
  const top = (HEIGHT - height * rows.length) / 2;
  const known = new Set(other.map(keyOf));
  for (const hap of haps.slice(0, MOST_DRAWN)) {
    const x = (hap.begin / cycles) * WIDTH;
    const width = Math.max(2, (Math.min(hap.end, cycles) / cycles) * WIDTH - x - 1);
    const thick = Math.max(1.5, Math.min(height * 0.8, 9));
    const y = top + ((at.get(rowKey(hap)) ?? 0) + 0.5) * height - thick / 2;
    const isNew = !known.has(keyOf(hap));
    svg.append(
      shape("rect", {
        class: isNew ? "alg-ask-hap alg-ask-other" : "alg-ask-hap",
        x,
        y,
        width,
        height: thick,
        rx: 1.5,
      }),
    );
  }
  return svg;
}
