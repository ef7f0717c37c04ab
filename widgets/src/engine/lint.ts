// Looks at one hap as the player would: can it sound?
import { type Hap, isNote } from "@strudel/core";
import type { Evaluation, Layer } from "./evaluate.js";
import { type Problem, problemAt } from "./problem.js";
import type { SoundBook } from "./sounds.js";
import { layerOffset } from "./transpile.js";

export interface Finding {
  isFatal: boolean;
  problem: Problem;
}

type Controls = Record<string, unknown>;

/** Everything that keeps this hap from sounding as written. */
export function lintHap(evaluation: Evaluation, layer: Layer, hap: Hap, sounds: SoundBook): Finding[] {
  const { code } = evaluation;
  const label = hap.context.label ?? layer.label;
  const fatal = (message: string, hint: string | null, wanted: string | null): Finding => ({
    isFatal: true,
    problem: problemAt(code, offsetIn(code, hap, wanted, label), "value", message, hint, label),
  });
  if (hap.context.onTrigger !== undefined && hap.context.dominantTrigger === true) return [];
  const { value } = hap;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [
      fatal(`${shown(value)} is not a sound or a note`, "add .note() or .s() to the pattern", String(value)),
    ];
  }
  const controls = value as Controls;
  const wrong = wrongNote(controls) ?? wrongNumber(controls);
  if (wrong !== null) return [fatal(wrong.message, wrong.hint, wrong.text)];
  const sound = sounds.judge(controls);
  if (sound === null) return [];
  const problem = problemAt(
    code,
    offsetIn(code, hap, sound.name, label),
    "sound",
    sound.message,
    sound.hint,
    label,
  );
  return [{ isFatal: sound.isFatal && hap.context.outlet === undefined, problem }];
}

function shown(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : String(value);
}

interface Wrong {
  message: string;
  hint: string | null;
  text: string | null;
}

function wrongNote({ note }: Controls): Wrong | null {
  if (note === undefined || typeof note === "number") return null;
  if (typeof note === "string" && (isNote(note) || note === "-" || note === "~")) return null;
  const isMini = typeof note === "string" && /[\s[\]<>*~,]/.test(note);
  const hint = isMini
    ? `mini-notation needs double quotes: "${note}"`
    : "notes are letters a to g with #, b and an octave (c#4), or numbers";
  return { message: `${shown(note)} is not a note`, hint, text: String(note) };
}

function wrongNumber(controls: Controls): Wrong | null {
  for (const [name, value] of Object.entries(controls)) {
    if (typeof value === "number" && !Number.isFinite(value)) {
      return { message: `${name} is ${value}`, hint: `give ${name} ordinary numbers`, text: null };
    }
  }
  return null;
}

/** Where in the code this hap comes from: the place with the wanted text, else its first place. */
function offsetIn(code: string, hap: Hap, wanted: string | null, label: string | null): number | null {
  const places = hap.context.locations ?? [];
  const exact = places.find(({ start, end }) => code.slice(start, end) === wanted);
  const near = places.find(({ start, end }) => wanted !== null && code.slice(start, end).startsWith(wanted));
  return (exact ?? near ?? places[0])?.start ?? layerOffset(code, label);
}
