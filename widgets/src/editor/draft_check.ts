// While one types: after a pause the text is checked and marked. What sounds is not touched by that.

import { setDiagnostics } from "@codemirror/lint";
import { type Extension, Transaction } from "@codemirror/state";
import { type EditorView, ViewPlugin, type ViewUpdate } from "@codemirror/view";
import type { Problem, ProblemKind } from "../engine/problem.js";
import { diagnostics } from "./places.js";

/** What the gate says of a text. */
export interface DraftVerdict {
  problems: readonly Problem[];
  warnings: readonly Problem[];
}

const PAUSE_MS = 300;
/** What half a line may well be: too slow for a moment, silent, or no pattern yet. */
const TOO_EARLY: ReadonlySet<ProblemKind> = new Set(["silence", "time", "memory", "size", "not_pattern"]);
/** Addresses are not asked for while they are being written. */
const FETCHES = /\bsamples\s*\(/;

/** Checks the last of many versions of a text, when it has rested. */
export class DraftCheck {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turn = 0;

  constructor(
    readonly check: (code: string) => Promise<DraftVerdict>,
    readonly mark: (verdict: DraftVerdict) => void,
  ) {}

  /** The text was typed in: it is this now. */
  typed(code: () => string): void {
    this.drop();
    const turn = this.#turn;
    this.#timer = setTimeout(() => void this.#ask(code(), turn), PAUSE_MS);
  }

  /** The text is another by now, or gone: no answer is wanted for what it was. */
  drop(): void {
    clearTimeout(this.#timer);
    this.#turn += 1;
  }

  async #ask(code: string, turn: number): Promise<void> {
    if (FETCHES.test(code)) return;
    // A stage that does not answer says so when one plays.
    const verdict = await this.check(code).catch(() => null);
    if (verdict === null || turn !== this.#turn) return;
    const problems = verdict.problems.filter(({ kind }) => !TOO_EARLY.has(kind));
    this.mark({ problems, warnings: verdict.warnings });
  }
}

/** The same as a part of an editor: only what is typed in it is checked, not what others type. */
export function draftCheck(check: (code: string) => Promise<DraftVerdict>): Extension {
  return ViewPlugin.define((view: EditorView) => {
    const drafts = new DraftCheck(check, ({ problems, warnings }) => {
      view.dispatch(setDiagnostics(view.state, diagnostics(view.state.doc, problems, warnings)));
    });
    return {
      update: (update: ViewUpdate) => {
        if (!update.docChanged) return;
        drafts.drop();
        const isOwn = update.transactions.some(
          (each) => each.annotation(Transaction.userEvent) !== undefined,
        );
        if (isOwn) drafts.typed(() => view.state.doc.toString());
      },
      destroy: () => drafts.drop(),
    };
  });
}
