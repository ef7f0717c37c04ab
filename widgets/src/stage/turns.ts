// Work that must not overlap, one piece after the other.

/** A queue of work. A piece that fails is answered for by itself: the next one has its turn all the same. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `work` when all before it has ended; its result or its failure is the caller's. */
  take<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}
