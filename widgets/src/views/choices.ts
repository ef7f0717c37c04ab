// What a list offers to choose from.

import { element } from "./dom.js";

/** Makes these the list's options, value and words of each, unless they are already: then what is chosen stays. */
export function setChoices(select: HTMLSelectElement, choices: readonly (readonly [string, string])[]): void {
  const key = JSON.stringify(choices);
  if (select.dataset["choices"] === key) return;
  select.dataset["choices"] = key;
  select.replaceChildren(
    ...choices.map(([value, text]) => element("option", { text, attributes: { value } })),
  );
}
