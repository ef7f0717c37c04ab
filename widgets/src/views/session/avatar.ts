// A person as a coloured disc with initials; there are no pictures from anywhere.

import { element } from "../dom.js";
import { inkOn, readableInk, safeColour } from "./person_colours.js";
import { initialsOf } from "./words.js";

/** What an avatar shows. */
export interface Face {
  name: string;
  colour: string;
  kind?: "person" | "agent";
}

/** How present somebody is: doing something, idle for five minutes, or not connected. */
export type Presence = "active" | "idle" | "away";

/** The disc. Decorative: the name stands beside it, or in the title. */
export function avatar(face: Face, presence: Presence | null = null): HTMLElement {
  const disc = element("span", { class: "algs-avatar", attributes: { "aria-hidden": "true" } });
  // Drawn by the style: letters in the document would be read and searched as words.
  disc.dataset["initials"] = initialsOf(face.name);
  if (face.kind === "agent") disc.classList.add("algs-agent");
  if (presence) disc.dataset["presence"] = presence;
  // An agent looks like one, whatever colour it came with.
  if (face.kind !== "agent") paint(disc, face.colour);
  return disc;
}

/** The inks of a colour; they take a while to find, and a crowd has few colours. */
const inks = new Map<string, readonly [name: string, value: string][]>();
const MOST_INKS = 500;

function inksOf(colour: string): readonly [string, string][] {
  const safe = safeColour(colour);
  const known = inks.get(safe);
  if (known) return known;
  if (inks.size >= MOST_INKS) inks.clear();
  const found: [string, string][] = [
    ["--person", safe],
    ["--on-person", inkOn(safe)],
    ["--person-on-light", readableInk(safe, "light")],
    ["--person-on-dark", readableInk(safe, "dark")],
  ];
  inks.set(safe, found);
  return found;
}

/** Gives an element a person's colour, and inks that can be read on it and beside it. */
export function paint(target: HTMLElement, colour: string): void {
  for (const [name, value] of inksOf(colour)) target.style.setProperty(name, value);
}
