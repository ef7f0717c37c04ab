// The screens of a page that shows no session: one card in the middle, with a sentence and what can be done.

import { element } from "../dom.js";
import { ring } from "./ring.js";

export interface Card {
  title: string;
  /** Sentences, a paragraph each. */
  words: string[];
  /** Spoken at once by screen readers, and the ring turns: something is awaited. */
  waiting?: boolean;
  /** Spoken at once as well: something has ended. */
  urgent?: boolean;
  actions?: { label: string; primary?: boolean; run: () => void }[];
  more?: Node[];
}

/** The card. */
export function card(content: Card): HTMLElement {
  const actions = (content.actions ?? []).map(({ label, primary, run }) => {
    const button = element("button", {
      class: `algs-button algs-large${primary ? " algs-primary" : ""}`,
      type: "button",
      text: label,
    });
    button.addEventListener("click", run);
    return button;
  });
  const made = element("div", {
    class: "algs-card",
    children: [
      ring(element("div", { class: "algs-face algs-wordless" }), content.waiting ? 7 : 5),
      element("h1", { text: content.title }),
      ...content.words.map((text) => element("p", { class: "algs-lead", text })),
      ...(content.more ?? []),
      ...actions,
    ],
  });
  if (content.waiting) {
    made.setAttribute("role", "status");
    made.classList.add("algs-turning");
  }
  if (content.urgent) made.setAttribute("role", "alert");
  return centred(made);
}

/** A screen with nothing but this in its middle. */
export function centred(content: HTMLElement): HTMLElement {
  return element("main", { class: "algs-centre", children: [content] });
}
