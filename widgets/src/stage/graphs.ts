// The audio graphs of `K(...)` are code, so they are compiled here, in a Worker that may be killed; what crosses to
// the frame is their compiled form.
import * as core from "@kabelsalat/core/src/index.js";
import * as lib from "@kabelsalat/lib/src/lib.js";
import { valueToMidi } from "@strudel/core";

type Value = Record<string, unknown>;

const MOST_KEPT = 256;
const DEFAULT_NOTE = 36;

const names: Value = { ...core, ...lib };
const compiled = new Map<string, string>();

function frequencyOf(value: Value): number {
  const note = valueToMidi(value, DEFAULT_NOTE);
  return 440 * 2 ** ((note - 69) / 12 + Number(value.octave ?? 0));
}

/** The graph's text with everything that depends on the hap filled in, compiled, as JSON. */
function compile(source: string, inputs: unknown, hap: Value): string {
  const values = Array.isArray(inputs) ? (inputs as unknown[]) : [];
  const text = source
    .replace(/\bpat\[(\d+)\]/g, (_match, index: string) => String(Number(values[Number(index)] ?? 0)))
    .replaceAll("sFreq", () => String(frequencyOf(hap)))
    // The processor finds its gate by this name.
    .replaceAll("sGate", "cc('strudel-gate')");
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const made = JSON.stringify(core.evaluate(text, { ...names }).compile({ log: false }));
  if (compiled.size >= MOST_KEPT) compiled.clear();
  compiled.set(text, made);
  return made;
}

/** A hap's controls with their graphs compiled. Throws what the graph's code throws. */
export function withGraphs(value: Value): Value {
  const own =
    typeof value.workletSrc === "string"
      ? { ...value, workletSrc: compile(value.workletSrc, value.workletInputs, value) }
      : value;
  if (!Array.isArray(value.FX)) return own;
  const chain = (value.FX as Value[]).map((effect) =>
    typeof effect.workletSrc === "string"
      ? { ...effect, workletSrc: compile(effect.workletSrc, effect.workletInputs, value) }
      : effect,
  );
  return { ...own, FX: chain };
}
