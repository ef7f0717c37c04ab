// Beside a layer's name: that an agent changed it, and for whom.

import type { Layer } from "../../protocol.js";
import { element, setText } from "../dom.js";

/** The words; hidden where there is nothing to credit. */
export class Credit {
  readonly element = element("span", { class: "alg-credit" });

  update(layer: Layer | undefined): void {
    const credit = layer?.credit ?? null;
    this.element.hidden = credit === null;
    const words = credit === null ? "" : `by ${credit.agent} for ${credit.asker}`;
    setText(this.element, words);
    this.element.title = words;
  }
}
