// Work that many things ask for at a time, and that is done once for all of them.

/** Does its work after what goes on now, once however often it was asked for; not any more after its end. */
export class Soon {
  #isDue = false;
  #isOver = false;

  constructor(readonly work: () => void) {}

  ask(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      if (!this.#isOver) this.work();
    });
  }

  end(): void {
    this.#isOver = true;
  }
}
