// Whether what one typed is safe, in words that are true.

import type { Standing } from "./client.js";
import { CONNECTING } from "./closing.js";

/** `ok`: all is kept by the server; `busy`: on its way; `trouble`: it may be lost, or one is out. */
export type SavingTone = "ok" | "busy" | "trouble";

/** What a page says about saving. */
export interface Saving {
  text: string;
  tone: SavingTone;
  /** The whole story, for whoever looks closer; null when there is no more to say. */
  more: string | null;
}

/** What to say for a standing. */
export function savingOf({ isConnected, unsaved, keptOverReload, trouble, comesBack }: Standing): Saving {
  if (isConnected && unsaved === 0) return { text: "saved", tone: "ok", more: null };
  const edits = unsaved === 1 ? "1 edit" : `${unsaved} edits`;
  if (isConnected) return { text: `${edits} not saved yet`, tone: "busy", more: null };
  if (trouble === CONNECTING && unsaved === 0) return { text: "connecting …", tone: "busy", more: null };
  const where = comesBack ? "offline" : "not connected";
  if (unsaved === 0) return { text: where, tone: "trouble", more: trouble };
  const kept = keptOverReload ? "kept in this browser" : "not kept if you close this";
  return { text: `${where}: ${edits} ${kept}`, tone: "trouble", more: trouble };
}
