// People choose any colour; here it is kept safe and readable. Pure.

import { channels, luminance } from "../../editor/luminance.js";

type Ground = "light" | "dark";

const GROUNDS: Record<Ground, string> = { light: "#f4f4f2", dark: "#20232b" };
const INKS: Record<Ground, string> = { light: "#14161b", dark: "#ffffff" };
/** What WCAG AA asks of text. */
const LEAST_CONTRAST = 4.5;

/** Colours to choose from; they can be told apart on white and on black. */
export const COLOURS = [
  { name: "orange", colour: "#c2410c" },
  { name: "ochre", colour: "#a16207" },
  { name: "moss", colour: "#4d7c0f" },
  { name: "green", colour: "#15803d" },
  { name: "teal", colour: "#0e7490" },
  { name: "blue", colour: "#1d4ed8" },
  { name: "violet", colour: "#7e22ce" },
  { name: "pink", colour: "#be185d" },
] as const;

/** `colour` when it is one (`#rrggbb`), else a grey: nothing else goes into a style. */
export function safeColour(colour: string): string {
  return /^#[0-9a-f]{6}$/i.test(colour) ? colour.toLowerCase() : "#667080";
}

/** Contrast of two colours by WCAG: 1 to 21. */
export function contrast(one: string, other: string): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function mixed(colour: string, into: string, share: number): string {
  const target = channels(into);
  const parts = channels(colour).map((from, at) => Math.round(from + ((target[at] ?? 0) - from) * share));
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

/** White or nearly black, whichever reads better on a colour. */
export function inkOn(colour: string): string {
  return contrast(colour, "#ffffff") >= contrast(colour, INKS.light) ? "#ffffff" : INKS.light;
}

/** The colour as text on a light or dark ground: as it is when it can be read, else towards the ink. */
export function readableInk(colour: string, ground: Ground): string {
  for (let share = 0; share < 1; share += 0.1) {
    const ink = mixed(colour, INKS[ground], share);
    if (contrast(ink, GROUNDS[ground]) >= LEAST_CONTRAST) return ink;
  }
  return INKS[ground];
}
