// Whether the machine slept. On some systems `performance.now()` stands still meanwhile; the wall clock does not.

/** The two clocks may differ by as much without anybody having slept. */
const SAME_MS = 100;

/** Compares a clock that may sleep with one that does not. */
export class SleepWatch {
  #awake: () => number;
  #wall: () => number;
  #apartMs: number;

  /** Both clocks in ms: one that counts, and one that is right. */
  constructor(awake: () => number = () => performance.now(), wall: () => number = () => Date.now()) {
    this.#awake = awake;
    this.#wall = wall;
    this.#apartMs = wall() - awake();
  }

  /** Whether the clocks moved apart since the last time this was asked: by sleep, or because one was set. */
  slept(): boolean {
    const apartMs = this.#wall() - this.#awake();
    const movedMs = Math.abs(apartMs - this.#apartMs);
    this.#apartMs = apartMs;
    return movedMs > SAME_MS;
  }
}
