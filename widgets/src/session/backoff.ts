// How long to wait before the next attempt to connect.

const FIRST_MS = 250;
const LONGEST_MS = 10_000;

/** Doubling waits up to ten seconds, with full jitter so that a crowd does not come back all at once. */
export class Backoff {
  #attempts = 0;
  readonly #random: () => number;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Milliseconds to wait now; the next wait may be twice as long. */
  next(): number {
    const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#attempts);
    this.#attempts += 1;
    return FIRST_MS / 2 + this.#random() * (ceiling - FIRST_MS / 2);
  }

  /** The connection held: begin again with short waits. */
  reset(): void {
    this.#attempts = 0;
  }
}
