// The convolver behind every room: partitioned in three sizes, and scaled as browsers scale it.
// The one in web-audio-api multiplies thousands of small partitions for each block: a fifth of real time for a room.
import { Fft } from "./fft.js";
import { BLOCK_FRAMES, type Block, makeBlock, NodeBase } from "./inside.js";

/** Where in the impulse response larger partitions begin: each stretch is covered by few of its own. */
const SIZES: readonly number[] = [1024, 8192];

const LONGEST_PARTITION = Math.max(...SIZES);

function isSilent(block: Block): boolean {
  if (block._silent) return true;
  for (let channel = 0; channel < block.numberOfChannels; channel++) {
    for (const value of block.getChannelData(channel)) if (value !== 0) return false;
  }
  return true;
}

/** Convolution with equal partitions: each call takes one partition of input and gives one of output. */
class Partitions {
  readonly #size: number;
  readonly #fft: Fft;
  readonly #parts: { re: Float64Array; im: Float64Array }[] = [];
  readonly #past: { re: Float64Array; im: Float64Array }[];
  readonly #sumRe: Float64Array;
  readonly #sumIm: Float64Array;
  readonly #previous: Float64Array;
  #newest = 0;

  constructor(size: number, impulse: Float32Array) {
    this.#size = size;
    this.#fft = new Fft(2 * size);
    for (let start = 0; start < impulse.length; start += size) {
      const re = new Float64Array(2 * size);
      const im = new Float64Array(2 * size);
      re.set(impulse.subarray(start, start + size));
      this.#fft.forward(re, im);
      this.#parts.push({ re, im });
    }
    this.#past = this.#parts.map(() => ({ re: new Float64Array(2 * size), im: new Float64Array(2 * size) }));
    this.#sumRe = new Float64Array(2 * size);
    this.#sumIm = new Float64Array(2 * size);
    this.#previous = new Float64Array(size);
  }

  process(input: Float32Array | Float64Array, output: Float64Array): void {
    const size = this.#size;
    const count = this.#parts.length;
    if (count === 0) return void output.fill(0);
    this.#newest = this.#newest === 0 ? count - 1 : this.#newest - 1;
    const slot = this.#past[this.#newest] as { re: Float64Array; im: Float64Array };
    slot.re.set(this.#previous);
    slot.re.set(input, size);
    slot.im.fill(0);
    this.#previous.set(input);
    this.#fft.forward(slot.re, slot.im);
    this.#sumRe.fill(0);
    this.#sumIm.fill(0);
    for (let order = 0; order < count; order++) this.#addProduct(order);
    this.#complete();
    this.#fft.inverse(this.#sumRe, this.#sumIm);
    // Overlap and save: the second half is free of the circle's wrap-around.
    for (let index = 0; index < size; index++) output[index] = (this.#sumRe[size + index] as number) / (2 * size);
  }

  /** Input and impulse are real, so half of the spectrum tells all. */
  #addProduct(order: number): void {
    const count = this.#parts.length;
    const { re: aRe, im: aIm } = this.#parts[order] as { re: Float64Array; im: Float64Array };
    const { re: bRe, im: bIm } = this.#past[(this.#newest + order) % count] as { re: Float64Array; im: Float64Array };
    const re = this.#sumRe;
    const im = this.#sumIm;
    for (let bin = 0; bin <= this.#size; bin++) {
      const ar = aRe[bin] as number;
      const ai = aIm[bin] as number;
      const br = bRe[bin] as number;
      const bi = bIm[bin] as number;
      re[bin] = (re[bin] as number) + ar * br - ai * bi;
      im[bin] = (im[bin] as number) + ar * bi + ai * br;
    }
  }

  #complete(): void {
    const size = this.#size;
    for (let bin = 1; bin < size; bin++) {
      this.#sumRe[2 * size - bin] = this.#sumRe[bin] as number;
      this.#sumIm[2 * size - bin] = -(this.#sumIm[bin] as number);
    }
  }
}

/** One size of partitions for one stretch of the impulse response, as far from its start as the size is long. */
class Level {
  readonly #size: number;
  readonly #partitions: Partitions;
  readonly #collected: Float64Array;
  readonly #ready: Float64Array;
  #filled = 0;

  constructor(size: number, impulse: Float32Array) {
    this.#size = size;
    this.#partitions = new Partitions(size, impulse);
    this.#collected = new Float64Array(size);
    this.#ready = new Float64Array(size);
  }

  /** Take a block in and add what earlier blocks make of this stretch. */
  process(input: Float32Array, output: Float32Array): void {
    const at = this.#filled;
    for (let index = 0; index < BLOCK_FRAMES; index++) {
      output[index] = (output[index] as number) + (this.#ready[at + index] as number);
    }
    this.#collected.set(input, at);
    this.#filled += BLOCK_FRAMES;
    if (this.#filled < this.#size) return;
    this.#filled = 0;
    // The result begins to sound one partition later: now.
    this.#partitions.process(this.#collected, this.#ready);
  }
}

/** Convolution of one channel with one impulse response, block by block and without delay. */
export class Convolution {
  readonly #head: Partitions;
  readonly #levels: Level[] = [];
  readonly #early = new Float64Array(BLOCK_FRAMES);

  constructor(impulse: Float32Array) {
    const [first = impulse.length] = SIZES;
    this.#head = new Partitions(BLOCK_FRAMES, impulse.subarray(0, first));
    for (const [order, size] of SIZES.entries()) {
      const end = SIZES[order + 1] ?? impulse.length;
      if (size < impulse.length) this.#levels.push(new Level(size, impulse.subarray(size, end)));
    }
  }

  /** Takes 128 frames and writes 128 frames. */
  process(input: Float32Array, output: Float32Array): void {
    this.#head.process(input, this.#early);
    output.set(this.#early);
    for (const level of this.#levels) level.process(input, output);
  }
}

/** The browser's scaling: rooms of any length are about as loud. */
function scaleOf(channels: readonly Float32Array[], sampleRate: number): number {
  const frames = channels[0]?.length ?? 0;
  let sum = 0;
  for (const channel of channels) for (const value of channel) sum += value * value;
  const power = Math.max(0.000125, Math.sqrt(sum / (channels.length * frames)) || 0);
  const scale = (0.00125 / power) * (44100 / sampleRate);
  return channels.length === 4 ? scale / 2 : scale;
}

/** `[input, impulse, output]` channels for an impulse response of 1, 2 or 4 channels. */
const ROUTES: Record<number, readonly (readonly [number, number, number])[]> = {
  1: [
    [0, 0, 0],
    [1, 0, 1],
  ],
  2: [
    [0, 0, 0],
    [1, 1, 1],
  ],
  4: [
    [0, 0, 0],
    [0, 1, 1],
    [1, 2, 0],
    [1, 3, 1],
  ],
};

/** A convolver with the levels of a browser's. */
export class ConvolverNode extends NodeBase {
  normalize = true;
  #buffer: Block | null = null;
  #convolutions: Convolution[] = [];
  #routes: readonly (readonly [number, number, number])[] = [];
  readonly #out: Block;
  readonly #part = new Float32Array(BLOCK_FRAMES);
  /** Frames since anything but silence came in: after the length of the room there is nothing to compute. */
  #quiet_frames = Number.MAX_SAFE_INTEGER;

  constructor(context: { sampleRate: number }, options: { buffer?: Block; disableNormalization?: boolean } = {}) {
    super(context, 1, 1, 2, "clamped-max", "speakers");
    this.#out = makeBlock(2, BLOCK_FRAMES, context.sampleRate);
    this.normalize = options.disableNormalization !== true;
    if (options.buffer) this.buffer = options.buffer;
  }

  get buffer(): Block | null {
    return this.#buffer;
  }

  set buffer(buffer: Block | null) {
    this.#buffer = buffer;
    this.#convolutions = [];
    this.#routes = [];
    if (!buffer) return;
    const routes = ROUTES[buffer.numberOfChannels];
    if (!routes) throw new RangeError("an impulse response has one, two or four channels");
    const channels = Array.from({ length: buffer.numberOfChannels }, (_, index) => buffer.getChannelData(index));
    const scale = this.normalize ? scaleOf(channels, this.context.sampleRate) : 1;
    const scaled = channels.map((channel) => channel.map((value) => value * scale));
    this.#routes = routes;
    this.#convolutions = routes.map(([, impulse]) => new Convolution(scaled[impulse] as Float32Array));
  }

  override _tick(): Block {
    super._tick();
    const input = (this._inputs[0] as { _tick(): Block })._tick();
    for (const channel of [0, 1]) this.#out.getChannelData(channel).fill(0);
    this.#quiet_frames = isSilent(input) ? this.#quiet_frames + BLOCK_FRAMES : 0;
    this.#out._silent = this.#quiet_frames > (this.#buffer?.length ?? 0) + LONGEST_PARTITION;
    if (this.#out._silent) return this.#out;
    for (const [order, [from, , to]] of this.#routes.entries()) {
      const source = input.getChannelData(Math.min(from, input.numberOfChannels - 1));
      (this.#convolutions[order] as Convolution).process(source, this.#part);
      const out = this.#out.getChannelData(to);
      for (let index = 0; index < BLOCK_FRAMES; index++) {
        out[index] = (out[index] as number) + (this.#part[index] as number);
      }
    }
    return this.#out;
  }
}
