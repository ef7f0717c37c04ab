// The player of samples. The one in web-audio-api copies its whole buffer for every note and looks channels up for
// every frame: most of the time of a drum pattern went there.
import { BLOCK_FRAMES, type Block, blockParam, type InsideParam, makeBlock, SourceBase } from "./inside.js";

const ANY = 3.4e38;

interface BufferSourceOptions {
  buffer?: Block | null;
  playbackRate?: number;
  detune?: number;
  loop?: boolean;
}

/** Plays a buffer, straight or at another speed with linear interpolation, once or in a loop. */
export class AudioBufferSourceNode extends SourceBase {
  readonly playbackRate: InsideParam;
  readonly detune: InsideParam;
  buffer: Block | null;
  loop: boolean;
  loopStart = 0;
  loopEnd = 0;
  #out: Block | null = null;
  #offset_s = 0;
  #duration_s = Number.POSITIVE_INFINITY;
  #frames_left = Number.POSITIVE_INFINITY;
  #cursor = 0;

  constructor(context: { sampleRate: number }, options: BufferSourceOptions = {}) {
    super(context, 0, 1, undefined, "max", "speakers");
    this.playbackRate = blockParam(context, options.playbackRate ?? 1, -ANY, ANY);
    this.detune = blockParam(context, options.detune ?? 0, -ANY, ANY);
    this.buffer = options.buffer ?? null;
    this.loop = options.loop ?? false;
  }

  override start(when_s = 0, offset_s = 0, duration_s = Number.POSITIVE_INFINITY): void {
    this.#offset_s = offset_s;
    this.#duration_s = duration_s;
    super.start(when_s);
  }

  /** Called by the package in the first block that sounds. */
  _onStart(): void {
    if (!this.buffer) return;
    const { sampleRate } = this.context;
    this.#frames_left = Math.round(this.#duration_s * sampleRate);
    const start = this._startTime * sampleRate;
    // Between two frames: the first one is read that much later in the buffer.
    const late = Math.ceil(start - 1e-8) - start;
    const step = (this.buffer.sampleRate / sampleRate) * this.playbackRate.value;
    this.#cursor = this.#offset_s * this.buffer.sampleRate + (late > 1e-8 ? late * step : 0);
  }

  /** Called by the package for each block in which the sample sounds. */
  _dsp(_offset: number, count: number): Block {
    const { buffer } = this;
    if (!buffer) return this._zeroBuf;
    const { sampleRate } = this.context;
    if (this.#out?.numberOfChannels !== buffer.numberOfChannels) {
      this.#out = makeBlock(buffer.numberOfChannels, BLOCK_FRAMES, sampleRate);
    }
    const rate = (this.playbackRate._tick()[0] as number) * 2 ** ((this.detune._tick()[0] as number) / 1200);
    const step = (buffer.sampleRate / sampleRate) * rate;
    const wanted = Math.min(count, this.#frames_left);
    const written = this.#read(buffer, this.#out as Block, wanted, step);
    for (let channel = 0; channel < buffer.numberOfChannels; channel++) {
      (this.#out as Block).getChannelData(channel).fill(0, written);
    }
    this.#frames_left -= written;
    if (written < count) this._scheduleEnded(written / sampleRate);
    return this.#out as Block;
  }

  /** Read frames until `count`, or the end; all channels walk the same way. */
  #read(buffer: Block, out: Block, count: number, step: number): number {
    const start = this.#cursor;
    let written = 0;
    for (let channel = 0; channel < buffer.numberOfChannels; channel++) {
      this.#cursor = start;
      written = this.#readChannel(
        buffer.getChannelData(channel),
        out.getChannelData(channel),
        count,
        step,
        buffer,
      );
    }
    return written;
  }

  #readChannel(
    source: Float32Array,
    out: Float32Array,
    count: number,
    step: number,
    { sampleRate }: Block,
  ): number {
    const first = this.loop ? this.loopStart * sampleRate : 0;
    const end =
      this.loop && this.loopEnd > 0 ? Math.min(source.length, this.loopEnd * sampleRate) : source.length;
    let cursor = this.#cursor;
    let written = 0;
    while (written < count) {
      if (cursor >= end || cursor < 0) {
        if (!this.loop || end <= first) break;
        cursor = first + ((((cursor - first) % (end - first)) + (end - first)) % (end - first));
      }
      const low = Math.floor(cursor);
      const value = source[low] as number;
      const rest = cursor - low;
      if (rest === 0) {
        out[written] = value;
      } else {
        // Beyond the last frame the line goes on as it came.
        const next =
          low + 1 < source.length ? (source[low + 1] as number) : 2 * value - (source[low - 1] ?? value);
        out[written] = value + (next - value) * rest;
      }
      written++;
      cursor += step;
    }
    this.#cursor = cursor;
    return written;
  }
}
