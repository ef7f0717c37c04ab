// A cell and the live text say different things, and no merge was possible: both are shown, one is chosen.

import { element, setText } from "./dom.js";
import { type DiffLine, diffLines } from "./line_diff.js";

/** The question, with both texts. It goes when it was answered, or when both say the same. */
export class ConflictView {
  readonly element: HTMLElement;
  readonly #cell: string;
  #lines = element("div", { class: "alg-diff", attributes: { tabindex: "0", role: "group" } });
  #useCell = element("button", { class: "alg-strip-button", type: "button", text: "Use the cell's text" });
  #isAnswered = false;
  #shown = "";

  constructor(cell: string, onChoice: (keeps: "live" | "cell") => void) {
    this.#cell = cell.replace(/\n+$/, "");
    const keepLive = element("button", {
      class: "alg-strip-button",
      type: "button",
      text: "Keep the live text",
    });
    for (const [button, keeps] of [
      [keepLive, "live"],
      [this.#useCell, "cell"],
    ] as const)
      button.addEventListener("click", () => {
        this.#isAnswered = true;
        this.element.hidden = true;
        onChoice(keeps);
      });
    this.#lines.setAttribute("aria-label", "Differences between the live text and the cell's text");
    const words = "This cell and the live text were both changed, and do not go together.";
    this.element = element("div", {
      class: "alg-conflict",
      attributes: { role: "group", "aria-label": "Conflict between the cell and the live text" },
      children: [
        element("p", { text: words }),
        this.#lines,
        element("p", {
          class: "alg-conflict-key",
          children: [
            element("span", { text: "− only live" }),
            element("span", { text: "+ only in the cell" }),
          ],
        }),
        element("div", { class: "alg-conflict-choice", children: [keepLive, this.#useCell] }),
      ],
    });
    this.element.hidden = true;
  }

  /** Whether the question is still open. */
  get isOpen(): boolean {
    return !this.element.hidden;
  }

  /** Shows the difference to the live text, once that is known; `mayWrite` opens the second choice. */
  update(live: string, hasArrived: boolean, mayWrite: boolean): void {
    const differs = live.replace(/\n+$/, "") !== this.#cell;
    this.element.hidden = this.#isAnswered || !hasArrived || !differs;
    this.#useCell.disabled = !mayWrite;
    this.#useCell.title = mayWrite ? "Undo brings the live text back" : "You may not change this layer";
    if (this.element.hidden || live === this.#shown) return;
    this.#shown = live;
    this.#lines.replaceChildren(...diffLines(live, this.#cell).map(lineOf));
  }
}

const SIGNS = { same: " ", live: "−", cell: "+" } as const;
const WHOSE = { same: "", live: "live: ", cell: "cell: " } as const;

function lineOf({ side, text }: DiffLine): HTMLElement {
  const line = element("div", { class: `alg-diff-line alg-diff-${side}` });
  const sign = element("span", {
    class: "alg-diff-sign",
    text: SIGNS[side],
    attributes: { "aria-hidden": "true" },
  });
  const whose = element("span", { class: "alg-hidden", text: WHOSE[side] });
  const words = element("code");
  setText(words, text);
  line.append(sign, whose, words);
  return line;
}
