// What the page has asked the stage and waits for.
import type { Problem } from "../engine/problem.js";
import type { FromStage, MusicalDiff } from "./messages.js";

export type Evaluated = Extract<FromStage, { kind: "evaluated" }>;
export type Checked = Extract<FromStage, { kind: "checked" }>;

/** Code that was sent to the stage to be played. */
export interface Evaluation {
  layer: string;
  code: string;
  cps: number | null;
  from_cycle: number | null;
  settle: (news: Evaluated) => void;
}

/** Requests by number; each is settled once, by the stage's answer or by what became of the stage. */
export class Pending {
  #evaluations = new Map<number, Evaluation>();
  /** Evaluations whose layer was stopped after they were sent. */
  #stopped = new Set<number>();
  #checks = new Map<number, (news: Checked) => void>();
  #comparisons = new Map<number, (diff: MusicalDiff | null) => void>();

  addEvaluation(request_id: number, evaluation: Evaluation): void {
    this.#evaluations.set(request_id, evaluation);
  }

  addCheck(request_id: number, settle: (news: Checked) => void): void {
    this.#checks.set(request_id, settle);
  }

  addComparison(request_id: number, settle: (diff: MusicalDiff | null) => void): void {
    this.#comparisons.set(request_id, settle);
  }

  /** The layer (null: every layer) is stopped: answers that are on their way come too late. */
  stop(layer: string | null): void {
    for (const [request_id, evaluation] of this.#evaluations) {
      if (layer === null || evaluation.layer === layer) this.#stopped.add(request_id);
    }
  }

  /** Takes the evaluation that this answers, with the answer as it counts; null when nobody asked. */
  takeEvaluation(said: Evaluated): { evaluation: Evaluation; news: Evaluated } | null {
    const { request_id } = said;
    const evaluation = this.#evaluations.get(request_id);
    if (evaluation === undefined) return null;
    this.#evaluations.delete(request_id);
    const news: Evaluated = { ...said, layer: evaluation.layer };
    if (!this.#stopped.delete(request_id)) return { evaluation, news };
    return { evaluation, news: { ...news, playing: null, superseded: true } };
  }

  /** Takes what waits for the answer to this check; null when nobody asked. */
  takeCheck({ request_id }: Checked): ((news: Checked) => void) | null {
    const settle = this.#checks.get(request_id) ?? null;
    this.#checks.delete(request_id);
    return settle;
  }

  /** Hands a comparison to who asked for it. */
  settleComparison(request_id: number, diff: MusicalDiff | null): void {
    this.#comparisons.get(request_id)?.(diff);
    this.#comparisons.delete(request_id);
  }

  /** Answers everything with one problem: the stage will not answer any more. */
  settleAll(problem: Problem): void {
    const answer = { problems: [problem], warnings: [] };
    const evaluations = [...this.#evaluations];
    const checks = [...this.#checks];
    this.#evaluations.clear();
    this.#stopped.clear();
    this.#checks.clear();
    for (const request_id of [...this.#comparisons.keys()]) this.settleComparison(request_id, null);
    for (const [request_id, { layer, settle }] of evaluations) {
      settle({ kind: "evaluated", request_id, layer, ...answer, playing: null });
    }
    for (const [request_id, settle] of checks) settle({ kind: "checked", request_id, ...answer, cps: null });
  }
}
