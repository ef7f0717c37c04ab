// What is told of layers in words: it stays until something else is done there, or until it is not so any more.

import type { Layer } from "./layer.js";

/** The words that a session has for layers of a page. */
export class Told {
  #told = new Map<Layer, { words: string; isStillSo: () => boolean }>();

  /** Ends what was being done with a layer, and says what came of it; null: nothing to say. */
  tell(layer: Layer, words: string | null, isStillSo = () => true): void {
    layer.checking = false;
    layer.notice = words;
    this.#told.delete(layer);
    if (words !== null) this.#told.set(layer, { words, isStillSo });
    layer.changed.emit();
  }

  /** Takes back what is not so any more. To be called when something has changed. */
  review(): void {
    for (const [layer, { words, isStillSo }] of [...this.#told]) {
      if (isStillSo()) continue;
      this.#told.delete(layer);
      if (layer.notice !== words) continue;
      layer.notice = null;
      layer.changed.emit();
    }
  }
}
