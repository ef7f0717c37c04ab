// The conversation with the process that holds this engine: one JSON text in, one JSON text out.
import { checkEvaluation } from "./check.js";
import { type Evaluation, evaluate } from "./evaluate.js";
import { type Problem, problemAt, StrudelError } from "./problem.js";
import { MAX_HAPS, query, type Row } from "./query.js";
import { distrustRealm, realmIsDirty, takeChanges } from "./scope.js";
import { needsXen } from "./xen_names.js";

export interface Request {
  op: "evaluate" | "haps" | "check";
  code: string;
  begin?: string;
  end?: string;
  max_haps?: number;
  cycles?: number;
  known_sounds?: string[] | null;
}

// Kept from before anybody's code runs.
const { parse, stringify } = JSON;

let prepared: { code: string; evaluation: Evaluation } | null = null;

/**
 * Evaluates the code of a request and keeps it for `answer`. Gives "" when all is well, or JSON: what is wrong is
 * in `problems`; `needs: "xen"` asks for that bundle first.
 */
export function prepare(text: string): string {
  const { code } = parse(text) as Request;
  prepared = null;
  if (needsXen(code)) return '{"needs":"xen"}';
  try {
    prepared = { code, evaluation: evaluate(code) };
    return "";
  } catch (error) {
    return stringify({ problems: problemsOf(code, error) });
  }
}

/** Answers a request whose code was prepared just before. */
export function answer(text: string): string {
  const request = parse(text) as Request;
  try {
    if (prepared === null) throw new Error("nothing was prepared");
    return stringify(answered(request, prepared.evaluation));
  } catch (error) {
    return stringify({ problems: problemsOf(request.code, error) });
  } finally {
    prepared = null;
  }
}

/** Gives "dirty" when this engine is not to be trusted with other code any more, else "". Looks at what promises did. */
export function state(ran: string): string {
  if (ran === "promises") takeChanges();
  return realmIsDirty() ? "dirty" : "";
}

function problemsOf(code: string, error: unknown): Problem[] {
  if (error instanceof StrudelError) return error.problems;
  distrustRealm();
  const message = error instanceof Error ? error.message : String(error);
  return [problemAt(code, null, "runtime", `the engine stumbled over this code: ${message}`)];
}

function answered(request: Request, evaluation: Evaluation): object {
  const { op } = request;
  if (op === "evaluate") return { evaluation: summary(evaluation) };
  if (op === "check") {
    const options = { cycles: request.cycles ?? 8, knownSounds: request.known_sounds ?? null };
    return { verdict: checkEvaluation(evaluation, options) };
  }
  const rows = query(evaluation, request.begin ?? "0", request.end ?? "1", {
    maxHaps: request.max_haps ?? MAX_HAPS,
  });
  return { rows: rows.map(compact), cps: evaluation.cps };
}

function summary(evaluation: Evaluation): object {
  const { cps, labels, warnings, widgets, samples } = evaluation;
  return { layers: labels, cps, warnings, widgets, samples };
}

/** Rows as arrays: half the text of objects. */
function compact({ label, whole, part, value, locations }: Row): unknown[] {
  return [label, whole, part, value, locations.map(({ start, end }) => [start, end])];
}
