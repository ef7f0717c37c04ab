// What a Worker does with pattern code: gate it, hold it, and ask it for haps.
import { valueToMidi } from "@strudel/core";
import { checkEvaluation, MAX_ONSETS } from "../engine/check.js";
import { type Evaluation, evaluate } from "../engine/evaluate.js";
import "../engine/headless.js";
import { problemOf } from "../engine/failure.js";
import { type Problem, StrudelError } from "../engine/problem.js";
import { queryLayer, type Row } from "../engine/query.js";
import { realmIsDirty } from "../engine/scope.js";
import type { SamplesCall } from "../engine/session.js";
import { needsXen } from "../engine/xen_names.js";
import { withGraphs } from "./graphs.js";
import type {
  Checked,
  FromWorker,
  Loaded,
  PlayedHap,
  Rows,
  SampleCall,
  Sketched,
  ToWorker,
} from "./worker_messages.js";

const CHECKED_CYCLES = 8;
/** Haps of one layer; with more it fails, alone. */
const MOST_ASKED_PER_S = 4 * MAX_ONSETS;

const held = new Map<number, Evaluation>();
// Taken before anybody's code runs. A bundle is a script that leaves nothing behind but what it adds to the engine.
const script = Function;

function firstProblem(code: string, error: unknown): Problem {
  return error instanceof StrudelError ? error.problem : problemOf(code, error, "query");
}

/** What the gate says of code over so many cycles, and what was judged; null when it does not evaluate. */
function gate(code: string, sounds: string[], cycles: number) {
  try {
    const made = evaluate(code);
    const { problems, warnings } = checkEvaluation(made, { cycles, knownSounds: sounds });
    return { made, problems, warnings };
  } catch (error) {
    if (!(error instanceof StrudelError)) throw error;
    return { made: null, problems: error.problems, warnings: [] };
  }
}

function checked(code: string, sounds: string[]): Checked {
  const { made, problems, warnings } = gate(code, sounds, CHECKED_CYCLES);
  return { op: "checked", problems, warnings, cps: made?.ownCps ?? null, is_spoilt: realmIsDirty() };
}

function sampleCall({ source, base }: SamplesCall): SampleCall | null {
  if (typeof source === "string") return { map: source, base };
  if (typeof source !== "object" || source === null) return null;
  // Through JSON: a map of names to addresses is data, and only data may cross.
  return { map: JSON.parse(JSON.stringify(source)) as Record<string, unknown>, base };
}

function load(id: number, code: string): Loaded {
  const none = { cps: null, labels: [], widgets: [], samples: [] };
  try {
    const made = evaluate(code);
    held.set(id, made);
    return {
      op: "loaded",
      problem: null,
      cps: made.ownCps,
      labels: [...made.labels],
      widgets: [...made.widgets],
      samples: made.samples.map(sampleCall).filter((call) => call !== null),
      is_spoilt: realmIsDirty(),
    };
  } catch (error) {
    return { op: "loaded", problem: firstProblem(code, error), ...none, is_spoilt: realmIsDirty() };
  }
}

function cyclesOf(exact: string): number {
  const [above, below] = exact.split("/");
  return Number(above) / Number(below);
}

function midiOf(value: Record<string, unknown>): number | null {
  if (value.note === undefined && value.freq === undefined) return null;
  try {
    const note = valueToMidi(value, Number.NaN);
    return Number.isFinite(note) ? note : null;
  } catch {
    return null;
  }
}

function played(row: Row): PlayedHap | null {
  const { whole, part, value } = row;
  if (whole === null || whole[0] !== part[0] || typeof value !== "object" || value === null) return null;
  const { color } = value as { color?: unknown };
  return {
    begin: cyclesOf(whole[0]),
    end: cyclesOf(whole[1]),
    value: withGraphs(value as Record<string, unknown>),
    spans: row.locations,
    label: row.label,
    color: typeof color === "string" ? color : null,
    note: midiOf(value as Record<string, unknown>),
  };
}

/** Haps with their onset in [begin, end) cycles, in order. Throws a StrudelError. */
function hapsOf(evaluation: Evaluation, begin: number, end: number, cps: number): PlayedHap[] {
  const haps: PlayedHap[] = [];
  // At the tempo of now; far fewer of them sound, but more could not even be asked for in time.
  const most = MOST_ASKED_PER_S * Math.max(1, (end - begin) / cps);
  for (const layer of evaluation.layers) {
    const options = { maxHaps: most - haps.length, cps };
    for (const row of queryLayer(evaluation, layer, begin, end, options)) {
      const hap = played(row);
      if (hap !== null) haps.push(hap);
    }
  }
  return haps.sort((a, b) => a.begin - b.begin);
}

function sketched({ code, sounds, cycles, cps }: Extract<ToWorker, { op: "sketch" }>): Sketched {
  const nothing = { op: "sketched" as const, is_playable: false, haps: [], cps: null };
  try {
    const { made, problems } = gate(code, sounds, cycles);
    if (made === null || problems.length > 0) return { ...nothing, is_spoilt: realmIsDirty() };
    const haps = hapsOf(made, 0, cycles, cps);
    return { op: "sketched", is_playable: true, haps, cps: made.ownCps, is_spoilt: realmIsDirty() };
  } catch {
    return { ...nothing, is_spoilt: realmIsDirty() };
  }
}

function query({ id, begin, end, cps }: Extract<ToWorker, { op: "query" }>): Rows {
  const evaluation = held.get(id);
  if (evaluation === undefined) return { op: "rows", problem: null, haps: [], is_spoilt: realmIsDirty() };
  try {
    const haps = hapsOf(evaluation, begin, end, cps);
    return { op: "rows", problem: null, haps, is_spoilt: realmIsDirty() };
  } catch (error) {
    const problem = firstProblem(evaluation.code, error);
    return { op: "rows", problem, haps: [], is_spoilt: realmIsDirty() };
  }
}

/** Carries out one request of the frame. Never throws for what code does. */
export function answer(request: ToWorker): FromWorker {
  switch (request.op) {
    case "check":
      return needsXen(request.code) ? { op: "need", name: "xen" } : checked(request.code, request.sounds);
    case "sketch":
      return needsXen(request.code) ? { op: "need", name: "xen" } : sketched(request);
    case "load":
      return needsXen(request.code) ? { op: "need", name: "xen" } : load(request.id, request.code);
    case "query":
      return query(request);
    case "unload":
      held.delete(request.id);
      return { op: "done" };
    case "slider":
      held.get(request.id)?.setSlider(request.index, request.value);
      return { op: "done" };
    case "bundle":
      script(request.text)();
      return { op: "done" };
  }
}
