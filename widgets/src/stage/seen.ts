// A hap as it is shown to the page: what views draw, and what devices outside need when they are on.
import type { SeenHap } from "./messages.js";
import type { PlayedHap } from "./worker_messages.js";

const MOST_SPANS = 16;
const MOST_CONTROLS = 64;
const MOST_TEXT = 256;

/** The controls that are numbers or short texts; what else there is makes sense inside the stage only. */
function plainControls(value: Record<string, unknown>): Record<string, number | string> {
  const plain: Record<string, number | string> = {};
  for (const [name, each] of Object.entries(value).slice(0, MOST_CONTROLS)) {
    if (typeof each === "number" || (typeof each === "string" && each.length <= MOST_TEXT))
      plain[name] = each;
  }
  return plain;
}

/** The hap as the page knows it. */
export function seen(hap: PlayedHap, withControls: boolean): SeenHap {
  const { begin, end, spans, label, note, color, value } = hap;
  const gain = Number(value.gain ?? 1);
  return {
    begin,
    end,
    spans: spans.slice(0, MOST_SPANS),
    label,
    sound: typeof value.s === "string" ? value.s : null,
    note,
    gain: Number.isFinite(gain) ? gain : 1,
    color,
    ...(withControls ? { controls: plainControls(value) } : {}),
  };
}
