// The server's clock, as well as it can be known through a socket.

/** One question and its answer: all times in ms, local ones of `performance.now()`. */
export interface Sample {
  sentMs: number;
  serverMs: number;
  receivedMs: number;
}

const KEPT = 64;
/** Fewer samples may all be bad ones. */
const LEAST = 3;
/** How much a sample says less a second later: clocks of machines drift apart. */
const DRIFT = 50e-6;
/** The first samples say where the clock is; later ones only move it gently. */
const FIRST = 8;
/** So much faster or slower than the local clock the estimate may go to make up for an error. */
const SLEW = 0.02;
/** A larger error is no error of the estimate: the clock itself was set. */
const STEP_MS = 250;

/**
 * Estimates the server's time by the quickest ways: an answer was sent after its question and came before now, so the
 * quickest way there and the quickest way back, of whichever answers, bound the offset from both sides; the estimate
 * is the middle. What it says goes on smoothly when it learns better.
 */
export class ServerClock {
  #samples: Sample[] = [];
  /** The offset that was in use at a local time, and the one that it slews to. */
  #from = { offsetMs: 0, localMs: 0 };
  #wantedMs = 0;

  /** Takes in one answered ping. */
  add(sample: Sample): void {
    const { receivedMs } = sample;
    const usedMs = this.#offsetMs(receivedMs);
    this.#samples = [...this.#samples, sample].slice(-KEPT);
    let { lowMs, highMs } = this.#bounds(receivedMs);
    if (lowMs > highMs) {
      // They contradict each other: a clock was set, and only the newest knows.
      this.#samples = [sample];
      ({ lowMs, highMs } = this.#bounds(receivedMs));
    }
    this.#wantedMs = (lowMs + highMs) / 2;
    const steps = this.#samples.length <= FIRST || Math.abs(this.#wantedMs - usedMs) > STEP_MS;
    this.#from = { offsetMs: steps ? this.#wantedMs : usedMs, localMs: receivedMs };
  }

  /** Forgets everything, for instance after the machine slept. */
  clear(): void {
    this.#samples = [];
  }

  /** Whether enough answers came to go by. */
  get isKnown(): boolean {
    return this.#samples.length >= LEAST;
  }

  /** The server's time in ms at a local time in ms. */
  serverMs(localMs: number): number {
    return localMs + this.#offsetMs(localMs);
  }

  /** The local time in ms at a server's time in ms. */
  localMs(serverMs: number, nearLocalMs: number): number {
    return serverMs - this.#offsetMs(nearLocalMs);
  }

  /** How wrong the estimate can be in ms, whatever the paths there and back were like. */
  errorMs(localMs: number): number {
    if (this.#samples.length === 0) return Number.POSITIVE_INFINITY;
    const { lowMs, highMs } = this.#bounds(localMs);
    const offsetMs = this.#offsetMs(localMs);
    return Math.max(highMs - offsetMs, offsetMs - lowMs);
  }

  #offsetMs(localMs: number): number {
    const mostMs = Math.max(0, localMs - this.#from.localMs) * SLEW;
    const offMs = this.#wantedMs - this.#from.offsetMs;
    return this.#from.offsetMs + Math.min(Math.max(offMs, -mostMs), mostMs);
  }

  /** Between what the offset lies, whatever the paths were like. */
  #bounds(localMs: number): { lowMs: number; highMs: number } {
    let [lowMs, highMs] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (const { sentMs, serverMs, receivedMs } of this.#samples) {
      const driftMs = Math.max(0, localMs - receivedMs) * DRIFT;
      highMs = Math.min(highMs, serverMs - sentMs + driftMs);
      lowMs = Math.max(lowMs, serverMs - receivedMs - driftMs);
    }
    return { lowMs, highMs };
  }
}
