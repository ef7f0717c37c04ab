// Where musical time is, between the stage's reports of it.

/** Now, in epoch milliseconds with sub-millisecond steps: the scale of the stage's `clock` messages. */
export function epochNow_ms(): number {
  return performance.timeOrigin + performance.now();
}

/** Musical time in this page, extrapolated from the last anchor. */
export class PlayClock {
  #epoch_ms = 0;
  #cycle = 0;
  #cps = 0.5;
  #running = false;

  /** Takes the stage's word for where musical time was at `epoch_ms`. */
  anchor(at: { epoch_ms: number; cycle: number; cps: number }): void {
    this.#epoch_ms = at.epoch_ms;
    this.#cycle = at.cycle;
    this.#cps = at.cps;
    this.#running = true;
  }

  stop(): void {
    this.#running = false;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Cycles per second. */
  get cps(): number {
    return this.#cps;
  }

  /** The cycle at an epoch time; null while time stands still. */
  cycleAt(epoch_ms: number): number | null {
    if (!this.#running) return null;
    return this.#cycle + ((epoch_ms - this.#epoch_ms) / 1000) * this.#cps;
  }
}
