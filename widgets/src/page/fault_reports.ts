// Code that fails while it sounds is told to the session once, so that everybody hears and sees the same.

import type { Problem } from "../engine/problem.js";
import type { Fault, Playing } from "../protocol.js";
import type { Asked } from "../session/client.js";

/** Not of the code but of this machine: others may play it well. */
const OWN_KINDS: readonly Problem["kind"][] = ["time", "memory"];
/** Its author's page speaks first; another one when that has said nothing for so long. */
const AUTHOR_FIRST_MS = 1_500;
const MOST_TEXT = 500;
const UNSEEN = /[\p{Cc}\u2028-\u202e\u2066-\u2069]+/gu;

/** Whether a failure may be this machine's and not the code's. */
export function isOwnTrouble({ kind }: Problem): boolean {
  return OWN_KINDS.includes(kind);
}

/** News that what a layer played has failed here. */
export interface Failure {
  problem: Problem;
  at_cycle: number;
}

/** What is asked of the session. */
export interface FaultDoor {
  /** What the session plays on the layer; undefined when nothing. */
  playing(layerId: string): Playing | undefined;
  /** Whether this page may say so. */
  may(layerId: string): boolean;
  isMine(playing: Playing): boolean;
  ask(request: Asked): void;
}

function words(text: string): string {
  return text.replace(UNSEEN, " ").trim().slice(0, MOST_TEXT);
}

/** The request that says it; null for what says nothing about the code. */
export function faultReport({ layer, from_cycle }: Playing, { problem, at_cycle }: Failure): Asked | null {
  if (isOwnTrouble(problem)) return null;
  const { line, column } = problem;
  return {
    kind: "report_fault",
    layer,
    from_cycle,
    at_cycle: Math.max(at_cycle, 0),
    message: words(problem.message) || "the code failed",
    hint: words(problem.hint ?? "") || null,
    line: line !== null && line > 0 ? line : null,
    column: column !== null && column > 0 ? column : null,
  };
}

const problems = new WeakMap<Fault, Problem>();

/** What the session says is wrong with what a layer played, one problem for one fault; null when nothing is. */
export function problemOf(fault: Fault | undefined): Problem | null {
  if (fault === undefined) return null;
  const { message, line, column, hint } = fault;
  const problem = problems.get(fault) ?? { kind: "query", message, line, column, hint, layer: null };
  problems.set(fault, problem);
  return problem;
}

/** The reports of one page. */
export class FaultReports {
  #door: FaultDoor;
  #waiting = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(door: FaultDoor) {
    this.#door = door;
  }

  /** `playing` has failed on this page. */
  failed(playing: Playing, failure: Failure): void {
    const request = faultReport(playing, failure);
    if (request === null) return;
    clearTimeout(this.#waiting.get(playing.layer));
    const say = () => this.#say(playing, request);
    if (this.#door.isMine(playing)) say();
    else this.#waiting.set(playing.layer, setTimeout(say, AUTHOR_FIRST_MS));
  }

  dispose(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
  }

  #say({ layer, from_cycle, code }: Playing, request: Asked): void {
    this.#waiting.delete(layer);
    const now = this.#door.playing(layer);
    if (now?.code !== code || now.from_cycle !== from_cycle || !this.#door.may(layer)) return;
    this.#door.ask(request);
  }
}
