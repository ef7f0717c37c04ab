// The convolver behind every room: scaled as browsers scale it.
// The one in web-audio-api multiplies thousands of small partitions for each block: a fifth of real time for a room.
import { Convolution, LONGEST_PARTITION_FRAMES, type Pair } from "./convolution.js";
import { BLOCK_FRAMES, type Block, makeBlock, NodeBase } from "./inside.js";

function isSilent(block: Block): boolean {
  if (block._silent) return true;
  for (let channel = 0; channel < block.numberOfChannels; channel++) {
    for (const value of block.getChannelData(channel)) if (value !== 0) return false;
  }
  return true;
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

interface Route {
  inputs: Pair<number>;
  impulses: Pair<number>;
}

/** Which input channels meet which channels of an impulse response of 1, 2 or 4 channels, for left and right. */
const ROUTES: Record<number, readonly Route[]> = {
  1: [{ inputs: [0, 1], impulses: [0, 0] }],
  2: [{ inputs: [0, 1], impulses: [0, 1] }],
  4: [
    { inputs: [0, 0], impulses: [0, 1] },
    { inputs: [1, 1], impulses: [2, 3] },
  ],
};

/** A convolver with the levels of a browser's. */
export class ConvolverNode extends NodeBase {
  normalize = true;
  #buffer: Block | null = null;
  #convolutions: Convolution[] = [];
  #routes: readonly Route[] = [];
  readonly #out: Block;
  /** Frames since anything but silence came in: after the length of the room there is nothing to compute. */
  #quiet_frames = Number.MAX_SAFE_INTEGER;

  constructor(
    context: { sampleRate: number },
    options: { buffer?: Block; disableNormalization?: boolean } = {},
  ) {
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
    const channels = Array.from({ length: buffer.numberOfChannels }, (_, index) =>
      buffer.getChannelData(index),
    );
    const scale = this.normalize ? scaleOf(channels, this.context.sampleRate) : 1;
    const scaled = channels.map((channel) => channel.map((value) => value * scale));
    this.#routes = routes;
    this.#convolutions = routes.map(
      ({ impulses: [left, right] }) =>
        new Convolution([scaled[left] as Float32Array, scaled[right] as Float32Array]),
    );
  }

  override _tick(): Block {
    super._tick();
    const input = (this._inputs[0] as { _tick(): Block })._tick();
    for (const channel of [0, 1]) this.#out.getChannelData(channel).fill(0);
    this.#quiet_frames = isSilent(input) ? this.#quiet_frames + BLOCK_FRAMES : 0;
    this.#out._silent = this.#quiet_frames > (this.#buffer?.length ?? 0) + LONGEST_PARTITION_FRAMES;
    if (this.#out._silent) return this.#out;
    const output = [this.#out.getChannelData(0), this.#out.getChannelData(1)] as const;
    const channel = (wanted: number): Float32Array =>
      input.getChannelData(Math.min(wanted, input.numberOfChannels - 1));
    for (const [order, { inputs }] of this.#routes.entries()) {
      (this.#convolutions[order] as Convolution).process([channel(inputs[0]), channel(inputs[1])], output);
    }
    return this.#out;
  }
}
