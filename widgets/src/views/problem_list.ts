// Problems in words, under the code: what is wrong, where, what to do, and what goes on playing.

import type { Problem } from "../engine/problem.js";
import { element } from "./dom.js";

/** Where a problem is, as people say it; empty when nobody knows. */
export function placeOf(problem: Problem): string {
  if (problem.line === null) return "";
  return problem.column === null ? `line ${problem.line}` : `line ${problem.line}:${problem.column}`;
}

/** What goes on after a refusal. */
export function consequence(problems: readonly Problem[], playing: boolean): string | null {
  if (problems.length === 0) return null;
  return playing ? "The last good version keeps playing." : "Nothing plays until this is right.";
}

/** What the list shows. */
export interface Findings {
  problems: readonly Problem[];
  warnings: readonly Problem[];
  notice: string | null;
  /** Whether a version of the layer plays. */
  playing: boolean;
  /** Whose code it is, when it is somebody else's. */
  author: string | null;
  /** What has become of it, when it failed while it sounded. */
  fault: string | null;
}

/** The list, a live region: screen readers speak what comes. */
export class ProblemList {
  readonly element = element("div", {
    class: "alg-problems",
    attributes: { role: "status", "aria-live": "polite", "aria-label": "Problems" },
  });
  #shown = "";

  constructor(readonly onGoTo: (problem: Problem) => void) {}

  /** Shows problems, then warnings, then a notice; nothing is touched when nothing changed. */
  show(findings: Findings): void {
    const { problems, warnings, notice, playing, author, fault } = findings;
    const key = JSON.stringify(findings);
    if (key === this.#shown) return;
    this.#shown = key;
    const rows = [
      ...problems.slice(0, 5).map((problem) => this.#row(problem, "alg-problem")),
      ...warnings.slice(0, 5).map((problem) => this.#row(problem, "alg-problem alg-warning")),
    ];
    const after = fault === null ? consequence(problems, playing) : fault;
    if (problems.length > 0 && author !== null && fault === null)
      rows.push(element("p", { class: "alg-consequence", text: `Played by ${author}.` }));
    if (after) rows.push(element("p", { class: "alg-consequence", text: after }));
    if (notice) rows.push(element("p", { class: "alg-notice", text: notice }));
    this.element.replaceChildren(...rows);
  }

  #row(problem: Problem, className: string): HTMLElement {
    const place = placeOf(problem);
    const where = element("button", { class: "alg-where", type: "button", text: place, title: "Go there" });
    where.addEventListener("click", () => this.onGoTo(problem));
    const layer = problem.layer && !problem.layer.startsWith("$") ? `${problem.layer}: ` : "";
    return element("p", {
      class: className,
      children: [
        place ? where : null,
        element("span", { class: "alg-message", text: layer + problem.message }),
        problem.hint ? element("span", { class: "alg-hint", text: problem.hint }) : null,
      ],
    });
  }
}
