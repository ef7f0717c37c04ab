// Haps as plain rows, strictly: an error inside a hap is raised, where upstream logs it and plays nothing.
import { type Fraction, type Hap, State, TimeSpan } from "@strudel/core";
import type { Evaluation, Layer } from "./evaluate.js";
import { problemOf } from "./failure.js";
import { whereItFails } from "./locate.js";
import { listening } from "./log.js";
import { type Problem, problemAt, StrudelError } from "./problem.js";
import { unspoiled } from "./scope.js";
import { layerOffset } from "./transpile.js";

/** A hap as data. Times are exact fractions "n/d" in cycles; spans are UTF-16 offsets in the user's code. */
export interface Row {
  label: string | null;
  /** Null for a hap of a continuous signal. */
  whole: [string, string] | null;
  part: [string, string];
  value: unknown;
  locations: { start: number; end: number }[];
}

export interface QueryOptions {
  /** More haps than this are a density problem. */
  maxHaps?: number;
  /** Put into the query state as the player does; without it, as upstream's plain `queryArc`. */
  cps?: number;
}

/** More haps than this in one query are refused. */
export const MAX_HAPS = 200_000;

/** All layers' haps in [begin, end) cycles, in order of time. Throws a StrudelError. */
export function query(
  evaluation: Evaluation,
  begin: number | string,
  end: number | string,
  options: QueryOptions = {},
): Row[] {
  const found = unspoiled(() =>
    evaluation.layers.map((layer) => rawHaps(evaluation, layer, begin, end, options.cps)),
  );
  let allowed = options.maxHaps ?? MAX_HAPS;
  const labelled = evaluation.layers.flatMap((layer, index) => {
    const haps = found[index] ?? [];
    refuseTooMany(evaluation, layer, haps, allowed, `${begin}–${end}`);
    allowed -= haps.length;
    return haps.map((hap) => ({ hap, label: layer.label }));
  });
  labelled.sort((a, b) => inTime(a.hap, b.hap));
  return labelled.map(({ hap, label }) => rowOf(hap, label));
}

/** One layer's haps in [begin, end) cycles, so that another's failure does not silence it. */
export function queryLayer(
  evaluation: Evaluation,
  layer: Layer,
  begin: number | string,
  end: number | string,
  options: QueryOptions = {},
): Row[] {
  const haps = unspoiled(() => rawHaps(evaluation, layer, begin, end, options.cps));
  refuseTooMany(evaluation, layer, haps, options.maxHaps ?? MAX_HAPS, `${begin}–${end}`);
  return [...haps].sort(inTime).map((hap) => rowOf(hap, layer.label));
}

function refuseTooMany(
  evaluation: Evaluation,
  layer: Layer,
  haps: readonly Hap[],
  allowed: number,
  where: string,
): void {
  if (haps.length > allowed) throw new StrudelError([tooDense(evaluation, layer, haps, haps.length, where)]);
}

/**
 * Strudel's own haps of one layer, unsorted. Throws a StrudelError with the place of the failing call. What the
 * library only mentions, such as a chord it does not know, is added to `logged`.
 */
export function rawHaps(
  evaluation: Evaluation,
  layer: Layer,
  begin: number | string,
  end: number | string,
  cps?: number,
  logged: string[] = [],
): readonly Hap[] {
  const controls = cps === undefined ? {} : { _cps: cps };
  let haps: readonly Hap[];
  try {
    haps = evaluation.within(() =>
      listening(
        (message) => logged.push(message),
        () => layer.pattern.query(new State(new TimeSpan(begin, end), controls)),
      ),
    );
  } catch (error) {
    throw new StrudelError([failure(evaluation, layer, error, begin, end)]);
  }
  const swallowed = logged.find((message) => message.startsWith("[query] error: "));
  if (swallowed === undefined) return haps;
  throw new StrudelError([
    failure(evaluation, layer, new Error(swallowed.slice("[query] error: ".length)), begin, end),
  ]);
}

function failure(
  evaluation: Evaluation,
  layer: Layer,
  error: unknown,
  begin: number | string,
  end: number | string,
): Problem {
  const problem = problemOf(evaluation.code, error, "query", layer.label);
  if (problem.line !== null) return problem;
  const { code } = evaluation;
  const offset = whereItFails(code, layer.label, begin, end) ?? layerOffset(code, layer.label);
  return problemOf(evaluation.code, error, "query", layer.label, offset);
}

/** The problem of a layer with too many haps. */
export function tooDense(
  evaluation: Evaluation,
  layer: Layer,
  haps: readonly Hap[],
  count: number | string,
  where: string,
): Problem {
  const message = `too many haps: ${count} in cycles ${where}`;
  const place =
    haps.find((hap) => (hap.context.locations ?? []).length > 0)?.context.locations?.[0]?.start ?? null;
  return problemAt(
    evaluation.code,
    place,
    "density",
    message,
    "use smaller numbers after * or in fast()",
    layer.label,
  );
}

/** Upstream's order: part begin, part end, whole begin, whole end. */
export function inTime(a: Hap, b: Hap): number {
  const parts = a.part.begin.compare(b.part.begin) || a.part.end.compare(b.part.end);
  if (parts !== 0 || a.whole === undefined || b.whole === undefined) return parts;
  return a.whole.begin.compare(b.whole.begin) || a.whole.end.compare(b.whole.end);
}

function exact(time: Fraction): string {
  return `${time.s * time.n}/${time.d}`;
}

function rowOf(hap: Hap, label: string | null): Row {
  const { whole, part, context } = hap;
  return {
    label: context.label ?? label,
    whole: whole === undefined ? null : [exact(whole.begin), exact(whole.end)],
    part: [exact(part.begin), exact(part.end)],
    value: cleaned(hap.value, 0),
    locations: (context.locations ?? []).map(({ start, end }) => ({ start, end })),
  };
}

const MAX_DEPTH = 8;

/** A copy that can be posted and written as JSON: fractions become numbers, functions go. */
function cleaned(value: unknown, depth: number): unknown {
  if (typeof value === "bigint") return Number(value);
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  if (typeof value !== "object" || value === null) return value;
  if (isFraction(value)) return Number(value);
  if (depth > MAX_DEPTH) return null;
  if (Array.isArray(value)) return value.map((item) => cleaned(item, depth + 1));
  if (value instanceof Set || value instanceof Map || ArrayBuffer.isView(value)) return value;
  if ((value as { _Pattern?: boolean })._Pattern === true) return undefined;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const kept = cleaned((value as Record<string, unknown>)[key], depth + 1);
    if (kept !== undefined) copy[key] = kept;
  }
  return copy;
}

function isFraction(value: object): boolean {
  const { s, n, d } = value as Record<string, unknown>;
  return typeof s === "bigint" && typeof n === "bigint" && typeof d === "bigint";
}
