// Waits until something has been left alone for a while.

/** Calls back once, so long after `begin`; while somebody is at it, it begins anew. */
export class Rest {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly after_ms: number,
    readonly isBusy: () => boolean,
    readonly onRest: () => void,
  ) {}

  begin(): void {
    this.end();
    this.#timer = setTimeout(() => {
      if (this.isBusy()) this.begin();
      else this.onRest();
    }, this.after_ms);
  }

  /** Somebody has decided: nothing happens by itself any more. */
  end(): void {
    clearTimeout(this.#timer);
  }
}
