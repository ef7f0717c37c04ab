// The gate's question: would this play? Evaluate, ask for several cycles, look at every hap.
import { type Hap, silence as nothing } from "@strudel/core";
import { type Evaluation, evaluate, type Layer } from "./evaluate.js";
import { lintHap } from "./lint.js";
import { whereItFails } from "./locate.js";
import { type Problem, problemAt, StrudelError, type Verdict } from "./problem.js";
import { rawHaps, tooDense } from "./query.js";
import { unspoiled } from "./scope.js";
import { SoundBook } from "./sounds.js";
import { layerOffset } from "./transpile.js";

export interface CheckOptions {
  /** How many cycles to look at, from cycle 0. */
  cycles?: number;
  /** Names of further sounds, as the player knows them; null: the usual ones. */
  knownSounds?: Iterable<string> | null;
}

/** Onsets in one cycle, and in one second; more cannot be heard apart and would choke the player. */
export const MAX_ONSETS = 1024;
const MAX_PROBLEMS = 20;
/** Slivers of each cycle that are asked for first, and how many of them would make a cycle. */
const PROBES = 4;
const PROBE_WIDTH = 512;
/** More onsets in a sliver are a bomb, not a chord. */
const MAX_ONSETS_IN_PROBE = 128;

/** Judges code without sounding it. Never throws for what code does. */
export function check(code: string, options: CheckOptions = {}): Verdict {
  let evaluation: Evaluation;
  try {
    evaluation = evaluate(code);
  } catch (error) {
    if (!(error instanceof StrudelError)) throw error;
    return { playable: false, problems: error.problems, warnings: [], cps: 0.5, layers: [] };
  }
  return checkEvaluation(evaluation, options);
}

/** Judges code that has been evaluated already. */
export function checkEvaluation(evaluation: Evaluation, options: CheckOptions = {}): Verdict {
  const sounds = new SoundBook(evaluation, options.knownSounds ?? null);
  const findings = new Findings(evaluation);
  let heard = 0;
  for (const layer of evaluation.layers)
    heard += unspoiled(() => checkLayer(evaluation, layer, options.cycles ?? 8, sounds, findings));
  if (heard === 0 && findings.problems.length === 0) silence(evaluation, findings);
  const { problems, warnings } = findings;
  return {
    playable: problems.length === 0,
    problems: problems.slice(0, MAX_PROBLEMS),
    warnings: [...evaluation.warnings, ...warnings].slice(0, MAX_PROBLEMS),
    cps: evaluation.cps,
    layers: [...evaluation.labels],
  };
}

/** What was found, each thing once. */
class Findings {
  readonly problems: Problem[] = [];
  readonly warnings: Problem[] = [];
  private readonly seen = new Set<string>();
  /** Onsets of all layers so far, by cycle. */
  private readonly onsets = new Map<number, number>();

  constructor(readonly evaluation: Evaluation) {}

  /** Takes up what the library only logs: haps it dropped are a problem, a remark is a warning. */
  hear(message: string, layer: Layer, cycle: number): void {
    const key = `logged ${layer.label} ${message}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    const { code } = this.evaluation;
    const isRemark = message.startsWith("[warn]") || message.includes("falling back");
    const offset = isRemark ? null : whereItFails(code, layer.label, cycle, cycle + 1);
    const problem = problemAt(
      code,
      offset,
      "query",
      message.replace(/^\[\w+\]:? (error: )?/, ""),
      null,
      layer.label,
    );
    this.add(isRemark ? "warnings" : "problems", problem);
  }

  /** Counts onsets of a cycle; returns how many all layers have in it so far. */
  count(cycle: number, onsets: number): number {
    const sum = (this.onsets.get(cycle) ?? 0) + onsets;
    this.onsets.set(cycle, sum);
    return sum;
  }

  add(list: "problems" | "warnings", problem: Problem): void {
    const key = `${problem.message} ${problem.line}:${problem.column} ${problem.layer}`;
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this[list].push(problem);
  }
}

/** Looks at one layer, cycle by cycle; returns how many haps would be heard. */
function checkLayer(
  evaluation: Evaluation,
  layer: Layer,
  cycles: number,
  sounds: SoundBook,
  findings: Findings,
): number {
  let heard = 0;
  let continuous = 0;
  try {
    for (let cycle = 0; cycle < cycles; cycle++) {
      probe(evaluation, layer, cycle);
      const haps = cycleHaps(evaluation, layer, cycle, findings);
      const onsets = haps.filter(starts);
      continuous += haps.filter((hap) => hap.whole === undefined).length;
      heard += onsets.length;
      for (const hap of onsets) {
        for (const { isFatal, problem } of lintHap(evaluation, layer, hap, sounds)) {
          findings.add(isFatal ? "problems" : "warnings", problem);
        }
      }
    }
  } catch (error) {
    if (!(error instanceof StrudelError)) throw error;
    for (const problem of error.problems) findings.add("problems", problem);
  }
  if (heard === 0 && continuous > 0) findings.add("problems", neverStarts(evaluation, layer));
  return heard;
}

function starts(hap: Hap): boolean {
  return hap.whole !== undefined && hap.hasOnset();
}

function cycleHaps(evaluation: Evaluation, layer: Layer, cycle: number, findings: Findings): readonly Hap[] {
  const logged: string[] = [];
  const haps = rawHaps(evaluation, layer, cycle, cycle + 1, evaluation.cps, logged);
  for (const message of new Set(logged)) findings.hear(message, layer, cycle);
  const own = haps.filter(starts).length;
  const together = findings.count(cycle, own);
  const { cps } = evaluation;
  const most = MAX_ONSETS / Math.max(1, cps);
  if (together <= most) return haps;
  const rest = own > most ? "" : `, ${together} with those of the layers before`;
  const tempo = cps > 1 ? ` at ${cps} cycles a second` : "";
  throw new StrudelError([tooDense(evaluation, layer, haps, own, `${cycle}–${cycle + 1}${tempo}${rest}`)]);
}

/** Asks for slivers of a cycle first: a density bomb shows itself before it is built. */
function probe(evaluation: Evaluation, layer: Layer, cycle: number): void {
  for (let index = 0; index < PROBES; index++) {
    const start = (cycle * PROBES + index) * (PROBE_WIDTH / PROBES);
    const haps = rawHaps(
      evaluation,
      layer,
      `${start}/${PROBE_WIDTH}`,
      `${start + 1}/${PROBE_WIDTH}`,
      evaluation.cps,
    );
    const onsets = haps.filter(starts).length;
    if (onsets > MAX_ONSETS_IN_PROBE) {
      throw new StrudelError([
        tooDense(evaluation, layer, haps, roughly(onsets * PROBE_WIDTH), `${cycle}–${cycle + 1}`),
      ]);
    }
  }
}

function roughly(count: number): string {
  return `about ${Math.round(count / 1000) * 1000}`;
}

function neverStarts(evaluation: Evaluation, layer: Layer): Problem {
  const hint = "cut the signal into steps, for example with .segment(8)";
  return problemAt(
    evaluation.code,
    layerOffset(evaluation.code, layer.label),
    "silence",
    "the pattern is a continuous signal: nothing ever starts",
    hint,
    layer.label,
  );
}

const MEANT_SILENCE = /\b(silence|hush|gap)\b/;

function silence(evaluation: Evaluation, findings: Findings): void {
  const { code, layers } = evaluation;
  // Everything muted, or nothing but declarations: samples, functions, a tempo.
  const isMuted = layers.every((layer) => layer.pattern === nothing);
  const withoutComments = code.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "").trim();
  const isMeant = isMuted || withoutComments === "" || MEANT_SILENCE.test(withoutComments);
  const problem = problemAt(
    code,
    isMeant ? null : layerOffset(code, layers[0]?.label ?? null),
    "silence",
    isMeant ? "nothing sounds" : "nothing sounds in the cycles that were looked at",
    isMeant ? null : "is every step a rest, or is the pattern masked away?",
  );
  findings.add(isMeant ? "warnings" : "problems", problem);
}
