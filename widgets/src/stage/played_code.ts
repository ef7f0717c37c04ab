// What plays, as the page knows it: enough to bring it back in a new stage, and to say what plays on when code fails.

/** When evaluated code is to sound, and how fast. */
export interface EvaluateOptions {
  /** Tempo in cycles per second unless the code sets one; what plays keeps its own when left out. */
  cps?: number | null;
  /** The cycle to sound from, at once and in phase when it has passed; the next boundary when left out. */
  from_cycle?: number | null;
}

/** Code that was found playable. */
export interface Played extends EvaluateOptions {
  request_id: number;
  code: string;
}

/** So many versions of a layer may be under way or be gone back to. */
const KEPT = 8;

/** The versions of every layer that plays, the layer evaluated last at the end. */
export class PlayedCode {
  #layers = new Map<string, Played[]>();

  /** The layers that play, the one evaluated last at the end. */
  get layers(): string[] {
    return [...this.#layers.keys()];
  }

  /** The newest version of every layer. */
  get newest(): [string, Played][] {
    return [...this.#layers].map(([layer, versions]) => [layer, versions.at(-1) as Played]);
  }

  add(layer: string, played: Played): void {
    const before = this.#layers.get(layer) ?? [];
    // Last in the map is the newest.
    this.#layers.delete(layer);
    this.#layers.set(layer, [...before, played].slice(-KEPT));
  }

  /** A version failed, and what was before it plays on: the code that is now the newest; null when none is known. */
  takeBack(layer: string, request_id: number): string | null {
    const left = (this.#layers.get(layer) ?? []).filter((each) => each.request_id !== request_id);
    if (left.length === 0) this.#layers.delete(layer);
    else this.#layers.set(layer, left);
    return left.at(-1)?.code ?? null;
  }

  /** The layer is silent; says whether it played. */
  remove(layer: string): boolean {
    return this.#layers.delete(layer);
  }

  clear(): void {
    this.#layers.clear();
  }
}
