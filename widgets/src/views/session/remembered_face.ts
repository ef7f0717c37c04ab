// The name and colour that a guest chose last, for the next invite. Nothing here opens anything.

import { safeColour } from "./person_colours.js";

const KEY = "algorave.face";

/** What was chosen last in this browser; null when nothing was, or when it may not remember. */
export function rememberedFace(): { name: string; colour: string } | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "null");
    const { name, colour } = (kept ?? {}) as { name?: unknown; colour?: unknown };
    return typeof name === "string" && typeof colour === "string"
      ? { name, colour: safeColour(colour) }
      : null;
  } catch {
    return null;
  }
}

/** Keeps name and colour for the next time. */
export function rememberFace({ name, colour }: { name: string; colour: string }): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ name, colour }));
  } catch {
    // A browser may forbid storage: then the name is asked for again.
  }
}
