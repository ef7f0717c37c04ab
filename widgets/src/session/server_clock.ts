// The server's clock, as well as it can be known through a socket.

/** One question and its answer: all times in ms, local ones of `performance.now()`. */
export interface Sample {
  sentMs: number;
  serverMs: number;
  receivedMs: number;
}

const KEPT = 64;
const BEST = 3;
/** How much a sample is trusted less a second later: clocks of machines drift apart. */
const DRIFT = 50e-6;

/** Estimates the server's time by the answers that came back fastest (NTP's idea: least round trip, least error). */
export class ServerClock {
  #samples: Sample[] = [];

  /** Takes in one answered ping. */
  add(sample: Sample): void {
    this.#samples = [...this.#samples, sample].slice(-KEPT);
  }

  /** Forgets everything, for instance after the machine slept. */
  clear(): void {
    this.#samples = [];
  }

  get isKnown(): boolean {
    return this.#samples.length > 0;
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
    return best === undefined ? Number.POSITIVE_INFINITY : doubt(best, localMs);
  }

  #offsetMs(localMs: number): number {
    const best = this.#best(localMs);
    if (best.length === 0) return 0;
    return best.reduce((sum, sample) => sum + offset(sample), 0) / best.length;
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
