// Which audio time is heard at which time of the page's clock. One reading is off by up to 17 ms; their median is not.

const READINGS = 31;

/** Maps the audio clock to `performance.now()`, smoothed. */
export class Heard {
  #context: AudioContext;
  #offsets_s: number[] = [];

  constructor(context: AudioContext) {
    this.#context = context;
  }

  /** Takes one reading. To be called many times a second. */
  read(): void {
    const { contextTime = 0, performanceTime = 0 } = this.#context.getOutputTimestamp();
    const isUsable = performanceTime > 0 && contextTime > 0;
    const { currentTime, baseLatency } = this.#context;
    const offset_s = isUsable
      ? performanceTime / 1000 - contextTime
      : performance.now() / 1000 + baseLatency - currentTime;
    this.#offsets_s.push(offset_s);
    if (this.#offsets_s.length > READINGS) this.#offsets_s.shift();
  }

  /** The audio time in seconds that is heard now. */
  now_s(): number {
    if (this.#offsets_s.length === 0) return this.#context.currentTime;
    const sorted = [...this.#offsets_s].sort((a, b) => a - b);
    return performance.now() / 1000 - (sorted[sorted.length >> 1] as number);
  }
}
