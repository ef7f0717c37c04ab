// The oscillator and its custom waves, as browsers play them.
import { BLOCK_FRAMES, type Block, type InsideParam, makeBlock, Param, SourceBase } from "./inside.js";
import { namedWave, type WaveName, WaveTables } from "./wave_tables.js";

interface WaveOptions {
  real?: ArrayLike<number>;
  imag?: ArrayLike<number>;
  disableNormalization?: boolean;
}

/** A waveform given by its partials. */
export class PeriodicWave {
  readonly tables: WaveTables;

  constructor(context: { sampleRate: number }, { real, imag, disableNormalization = false }: WaveOptions) {
    const length = (real ?? imag)?.length ?? 0;
    if (length < 2 || (real && imag && real.length !== imag.length)) {
      throw new RangeError("a wave needs real and imaginary parts of the same length, two or more");
    }
    const zeros = new Float32Array(length);
    // Copied: callers may change their arrays.
    const spectrum = { real: Float64Array.from(real ?? zeros), imag: Float64Array.from(imag ?? zeros) };
    this.tables = new WaveTables(spectrum, context.sampleRate, !disableNormalization);
  }
}

const NAMES: readonly string[] = ["sine", "square", "sawtooth", "triangle"];

/** An oscillator whose tables hold only the partials that fit below half the sample rate. */
export class OscillatorNode extends SourceBase {
  readonly frequency: InsideParam;
  readonly detune: InsideParam;
  readonly #out: Block;
  #type = "sine";
  #tables: WaveTables;
  #phase = 0;

  constructor(
    context: { sampleRate: number },
    options: { type?: string; frequency?: number; detune?: number } = {},
  ) {
    super(context, 0, 1, undefined, "max", "speakers");
    const nyquist = context.sampleRate / 2;
    this.frequency = new Param(context, options.frequency ?? 440, "a", -nyquist, nyquist);
    this.detune = new Param(context, options.detune ?? 0, "a", -153600, 153600);
    this.#tables = namedWave("sine", context.sampleRate);
    this.#out = makeBlock(1, BLOCK_FRAMES, context.sampleRate);
    if (options.type !== undefined) this.type = options.type;
  }

  get type(): string {
    return this.#type;
  }

  set type(name: string) {
    if (!NAMES.includes(name)) return;
    this.#type = name;
    this.#tables = namedWave(name as WaveName, this.context.sampleRate);
  }

  setPeriodicWave(wave: PeriodicWave): void {
    this.#type = "custom";
    this.#tables = wave.tables;
  }

  /** Called by the package for each block in which the oscillator sounds. */
  _dsp(_offset: number, count: number): Block {
    const out = this.#out.getChannelData(0);
    const frequency = this.frequency._tick();
    const detune = this.detune._tick();
    const last = BLOCK_FRAMES - 1;
    if (frequency[0] === frequency[last] && detune[0] === detune[last]) {
      this.#steady(out, count, (frequency[0] as number) * 2 ** ((detune[0] as number) / 1200));
    } else {
      this.#moving(out, count, frequency, detune);
    }
    out.fill(0, count);
    return this.#out;
  }

  #steady(out: Float32Array, count: number, hz: number): void {
    const { sampleRate } = this.context;
    const step = hz / sampleRate;
    if (Math.abs(hz) >= sampleRate / 2) {
      out.fill(0, 0, count);
      this.#phase = turn(this.#phase + step * count);
      return;
    }
    const tables = this.#tables;
    const place = tables.place(Math.abs(hz));
    const blend = place - Math.floor(place);
    const rich = tables.table(Math.floor(place));
    const poor = blend > 0 ? tables.table(Math.ceil(place)) : rich;
    const { frames } = tables;
    const mask = frames - 1;
    let phase = this.#phase;
    for (let index = 0; index < count; index++) {
      const at = phase * frames;
      const low = at | 0;
      const high = (low + 1) & mask;
      const rest = at - low;
      const a = (rich[low] as number) + ((rich[high] as number) - (rich[low] as number)) * rest;
      const b = (poor[low] as number) + ((poor[high] as number) - (poor[low] as number)) * rest;
      out[index] = a + (b - a) * blend;
      phase += step;
      if (phase >= 1) phase -= 1;
      else if (phase < 0) phase += 1;
    }
    this.#phase = phase;
  }

  /**
   * Parameters are read from the beginning of the block even when the sound starts within it: so does the browser,
   * and by a few milliseconds of another pitch modulated sounds get another phase for their whole life.
   */
  #moving(out: Float32Array, count: number, frequency: Float64Array, detune: Float64Array): void {
    const { sampleRate } = this.context;
    const tables = this.#tables;
    const { frames } = tables;
    const mask = frames - 1;
    const isSine = this.#type === "sine";
    const steadyDetune = detune[0] === detune[BLOCK_FRAMES - 1];
    const factor = 2 ** ((detune[0] as number) / 1200);
    let phase = this.#phase;
    for (let index = 0; index < count; index++) {
      const bend = steadyDetune ? factor : 2 ** ((detune[index] as number) / 1200);
      const hz = (frequency[index] as number) * bend;
      if (Math.abs(hz) >= sampleRate / 2) {
        out[index] = 0;
      } else {
        // A sine has one partial in every table, so any of them will do.
        const table = tables.table(isSine ? 0 : Math.floor(tables.place(Math.abs(hz))));
        const at = phase * frames;
        const low = at | 0;
        const value = table[low & mask] as number;
        out[index] = value + ((table[(low + 1) & mask] as number) - value) * (at - low);
      }
      phase = turn(phase + hz / sampleRate);
    }
    this.#phase = phase;
  }
}

function turn(phase: number): number {
  return phase - Math.floor(phase);
}
