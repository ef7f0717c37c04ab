// What one hears of a proposal's change to a layer: in words, and as two small pictures. Asked of the stage, which
// gates both texts and queries them in its Worker; nothing is evaluated here.

import type { PageEngine } from "../../page/engine.js";
import type { MusicalDiff } from "../../stage/messages.js";
import { element } from "../dom.js";
import { musicWords } from "./proposal_words.js";
import { looksDifferent, stillRoll } from "./still_roll.js";

/** Words and pictures; empty until it is known. */
export class MusicChange {
  readonly element = element("div", { class: "alg-ask-music" });
  readonly #engine: PageEngine;
  /** The two texts that were asked about last. */
  #asked: readonly [string, string] | null = null;
  #onWords: (words: string) => void;

  /** `onWords` hears the most telling sentence. */
  constructor(engine: PageEngine, onWords: (words: string) => void) {
    this.#engine = engine;
    this.#onWords = onWords;
    this.element.hidden = true;
  }

  /** Nothing to be heard, and nothing that is still found out is shown. */
  hide(): void {
    this.#asked = null;
    this.element.hidden = true;
  }

  /** Finds out how the two texts differ, once. */
  async show(before: string, after: string): Promise<void> {
    if (this.#asked?.[0] === before && this.#asked[1] === after) return;
    const asked = [before, after] as const;
    this.#asked = asked;
    const diff = await this.#engine.stage.compare(before, after);
    if (this.#asked !== asked) return;
    this.element.hidden = diff === null;
    if (diff === null) return;
    const words = musicWords(diff);
    this.#onWords(words[0] ?? "");
    this.element.replaceChildren(
      element("p", { class: "alg-ask-heard", text: words.join(" · ") }),
      ...(looksDifferent(diff.haps_before, diff.haps_after) ? [pictures(diff)] : []),
    );
  }
}

function pictures({ haps_before, haps_after, drawn_cycles }: MusicalDiff): HTMLElement {
  const picture = (words: string, roll: SVGElement) => {
    const made = element("figure", { class: "alg-ask-picture" });
    made.append(roll, element("figcaption", { text: words }));
    return made;
  };
  const span = `${drawn_cycles} cycles`;
  return element("div", {
    class: "alg-ask-pictures",
    children: [
      picture(
        "before",
        stillRoll(haps_before, haps_after, drawn_cycles, `Before: ${haps_before.length} haps in ${span}`),
      ),
      picture(
        "after",
        stillRoll(haps_after, haps_before, drawn_cycles, `After: ${haps_after.length} haps in ${span}`),
      ),
    ],
  });
}
