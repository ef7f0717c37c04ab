// Which audio time is heard at which time of the page's clock. One reading is off by up to 17 ms; their median is not.

/** Two and a half seconds of them: a busy page reads so badly for a while that fewer would be out by milliseconds. */
const READINGS = 101;
/** Fewer readings say too little to play by. */
const LEAST_READINGS = 8;
/** Readings that differ by more from all before them, so many in a row, are of another time: the machine slept. */
const ASTRAY_S = 0.1;
const ASTRAY_READINGS = 4;

/** What is used of an `AudioContext`. */
export type HeardContext = Pick<
  AudioContext,
  "state" | "currentTime" | "baseLatency" | "outputLatency" | "getOutputTimestamp"
>;

/** Maps the audio clock to `performance.now()`, smoothed. */
export class Heard {
  #context: HeardContext;
  #offsets_s: number[] = [];
  #median_s = 0;
  #astray = 0;
  #lastTime_s = 0;
  /** How much later than the browser knows this device is heard; its owner's word. */
  lag_s = 0;

  constructor(context: HeardContext) {
    this.#context = context;
  }

  /** Takes one reading, while the clock runs. To be called many times a second. */
  read(): void {
    const { state, currentTime } = this.#context;
    if (state !== "running") this.#offsets_s = [];
    const stoodStill = currentTime === this.#lastTime_s;
    this.#lastTime_s = currentTime;
    if (state !== "running" || stoodStill) return;
    const offset_s = this.#reading_s();
    const isAstray = this.#offsets_s.length > 0 && Math.abs(offset_s - this.#median_s) > ASTRAY_S;
    this.#astray = isAstray ? this.#astray + 1 : 0;
    if (this.#astray >= ASTRAY_READINGS) this.#offsets_s = [];
    this.#offsets_s.push(offset_s);
    if (this.#offsets_s.length > READINGS) this.#offsets_s.shift();
    const sorted = [...this.#offsets_s].sort((a, b) => a - b);
    this.#median_s = sorted[sorted.length >> 1] as number;
  }

  #reading_s(): number {
    const { contextTime = 0, performanceTime = 0 } = this.#context.getOutputTimestamp();
    if (performanceTime > 0 && contextTime > 0) return performanceTime / 1000 - contextTime;
    return performance.now() / 1000 + this.latency_s - this.#context.currentTime;
  }

  /** How long sound takes from here to the ear, as far as the browser knows. */
  get latency_s(): number {
    const { baseLatency, outputLatency } = this.#context;
    return baseLatency + (outputLatency || 0);
  }

  /** `performance.now()` in seconds minus the audio time heard then; null while too little is known. */
  get offset_s(): number | null {
    return this.#offsets_s.length < LEAST_READINGS ? null : this.#median_s + this.lag_s;
  }

  /** The audio time in seconds that is heard now. */
  now_s(): number {
    if (this.#offsets_s.length === 0) return this.#context.currentTime;
    return performance.now() / 1000 - this.#median_s - this.lag_s;
  }
}
