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
  paint(disc, face.colour);
  return disc;
}

/** Gives an element a person's colour, and inks that can be read on it and beside it. */
export function paint(target: HTMLElement, colour: string): void {
  const safe = safeColour(colour);
  target.style.setProperty("--person", safe);
  target.style.setProperty("--on-person", inkOn(safe));
  target.style.setProperty("--person-on-light", readableInk(safe, "light"));
  target.style.setProperty("--person-on-dark", readableInk(safe, "dark"));
}
