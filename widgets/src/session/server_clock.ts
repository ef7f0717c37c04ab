// The server's clock, as well as it can be known through a socket.

/** One question and its answer: all times in ms, local ones of `performance.now()`. */
export interface Sample {
  sentMs: number;
  serverMs: number;
  receivedMs: number;
}

const KEPT = 64;
const BEST = 3;
/** Fewer samples may all be bad ones. */
const LEAST = 3;
/** How much a sample is trusted less a second later: clocks of machines drift apart. */
const DRIFT = 50e-6;
/** The first samples say where the clock is; later ones only move it gently. */
const FIRST = 8;
/** So much faster or slower than the local clock the estimate may go to make up for an error. */
const SLEW = 0.02;
/** A larger error is no error of the estimate: the clock itself was set. */
const STEP_MS = 250;

/**
 * Estimates the server's time by the answers that came back fastest (NTP's idea: least round trip, least error). What
 * it says goes on smoothly when it learns better.
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
    const best = this.#best(receivedMs);
    this.#wantedMs = best.reduce((sum, each) => sum + offset(each), 0) / best.length;
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
    const [best] = this.#best(localMs);
    if (best === undefined) return Number.POSITIVE_INFINITY;
    return doubt(best, localMs) + Math.abs(this.#wantedMs - this.#offsetMs(localMs));
  }

  #offsetMs(localMs: number): number {
    const mostMs = Math.max(0, localMs - this.#from.localMs) * SLEW;
    const offMs = this.#wantedMs - this.#from.offsetMs;
    return this.#from.offsetMs + Math.min(Math.max(offMs, -mostMs), mostMs);
  }

  #best(localMs: number): Sample[] {
    return [...this.#samples].sort((a, b) => doubt(a, localMs) - doubt(b, localMs)).slice(0, BEST);
  }
}

function offset(sample: Sample): number {
  return sample.serverMs - (sample.sentMs + sample.receivedMs) / 2;
}

function doubt(sample: Sample, localMs: number): number {
  return (sample.receivedMs - sample.sentMs) / 2 + Math.max(0, localMs - sample.receivedMs) * DRIFT;
}
