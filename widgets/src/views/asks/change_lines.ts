// A proposal's change to one layer, as the lines that go and come. Everything in it is text.

import type { Change } from "../../protocol.js";
import { element } from "../dom.js";
import { type MarkedLine, markedLines } from "./marked_lines.js";

const SIGNS = { same: " ", before: "−", after: "+" } as const;
const SPOKEN = { same: "", before: "removed: ", after: "added: " } as const;

/** The lines of one change; a caption says which layer where that is not clear. */
export class ChangeLines {
  readonly element: HTMLElement;
  #caption = element("p", { class: "alg-ask-caption" });
  #lines = element("div", { class: "alg-ask-diff", attributes: { tabindex: "0", role: "group" } });
  #drawn = "";

  constructor() {
    this.element = element("div", { children: [this.#caption, this.#lines] });
  }

  /** `live` is the layer's text as it stands, for a draft that does not say what it was made from. */
  update(change: Change, live: string | null, isWriting: boolean): void {
    const before = change.before ?? live ?? "";
    const after = change.after ?? "";
    const key = JSON.stringify([change.name, before, change.after, isWriting]);
    if (key === this.#drawn) return;
    this.#drawn = key;
    const isNew = change.before === null && live === null;
    this.#caption.textContent =
      change.after === null ? `${change.name} is taken away` : isNew ? `${change.name}, a new layer` : "";
    this.#lines.setAttribute("aria-label", `Change of ${change.name}`);
    const isAtEnd = this.#lines.scrollHeight - this.#lines.scrollTop - this.#lines.clientHeight < 30;
    this.#lines.replaceChildren(...markedLines(before, after, isWriting).map(lineOf));
    if (isWriting && isAtEnd) this.#lines.scrollTop = this.#lines.scrollHeight;
  }
}

function lineOf(line: MarkedLine): HTMLElement {
  if (line.side === "gap")
    return element("div", {
      class: "alg-ask-gap",
      text: `${line.lines} unchanged line${line.lines === 1 ? "" : "s"}`,
    });
  const code = element("code");
  for (const { text, isChanged } of line.parts) code.append(isChanged ? element("mark", { text }) : text);
  return element("div", {
    class: `alg-ask-line alg-ask-${line.side}`,
    children: [
      element("span", {
        class: "alg-ask-sign",
        text: SIGNS[line.side],
        attributes: { "aria-hidden": "true" },
      }),
      element("span", { class: "alg-hidden", text: SPOKEN[line.side] }),
      code,
    ],
  });
}
