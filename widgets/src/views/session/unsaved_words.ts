// Words that the session does not have, to be copied before they are gone.

import type { LiveSession } from "../../page/live_session.js";
import { element, setText } from "../dom.js";

/** The texts with their layers' names; nothing when there are none. */
export function unsavedWords(session: LiveSession, texts: ReadonlyMap<string, string>): HTMLElement[] {
  const worth = [...texts].filter(([, text]) => text.trim() !== "");
  if (worth.length === 0) return [];
  const names = new Map(session.state.layers.map(({ id, name }) => [id, name]));
  return [
    element("p", { text: "What you typed last is not in the session. Copy what you want to keep." }),
    ...worth.map(([id, text]) => wordsOfLayer(names.get(id) ?? "a layer that was removed", text)),
  ];
}

function wordsOfLayer(name: string, text: string): HTMLElement {
  const area = element("textarea", {
    class: "algs-input algs-unsaved-text",
    attributes: { readonly: "", rows: "4" },
  });
  area.setAttribute("aria-label", `Text of ${name}`);
  area.value = text;
  const copy = element("button", { class: "algs-button", type: "button", text: `Copy ${name}` });
  copy.addEventListener("click", async () => {
    area.select();
    try {
      await navigator.clipboard.writeText(text);
      setText(copy, "Copied");
    } catch {
      // A browser that does not let a page copy: the words are selected.
      setText(copy, "Copy the selected words");
    }
  });
  return element("div", { class: "algs-stack algs-unsaved", children: [area, copy] });
}
