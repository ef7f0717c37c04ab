// The delay line, alone or in a feedback loop. The one in web-audio-api divides several times for each frame and
// never rests: an echo that has died away goes on being computed.
import { BLOCK_FRAMES, type Block, type InsideParam, makeBlock, NodeBase, Param } from "./inside.js";

/** Below this an echo is silence: -180 dB. */
const SILENT = 1e-9;

interface Cycle {
  delayCount: number;
  detected: boolean;
  deferred: DelayNode[] | null;
}

/** A delay with linear interpolation between frames. In a loop it delays by a block at least. */
export class DelayNode extends NodeBase {
  readonly delayTime: InsideParam;
  readonly #longest_s: number;
  readonly #mask: number;
  #rings: Float32Array[];
  #out: Block;
  #at = 0;
  #isTicking = false;
  #isLooped = false;
  /** Frames since anything but silence came in. */
  #quiet_frames = Number.MAX_SAFE_INTEGER;

  constructor(context: { sampleRate: number }, options: { maxDelayTime?: number; delayTime?: number } = {}) {
    super(context, 1, 1, undefined, "max", "speakers");
    this.#longest_s = options.maxDelayTime ?? 1;
    this.delayTime = new Param(context, options.delayTime ?? 0, "a", 0, this.#longest_s);
    const frames = 2 ** Math.ceil(Math.log2(this.#longest_s * context.sampleRate + 2 * BLOCK_FRAMES));
    this.#mask = frames - 1;
    this.#rings = [new Float32Array(frames)];
    this.#out = makeBlock(1, BLOCK_FRAMES, context.sampleRate);
    (this._outputs[0] as { _allowsCycle?: boolean })._allowsCycle = true;
  }

  get #cycle(): Cycle {
    return (this.context as unknown as { _cycle: Cycle })._cycle;
  }

  override _tick(): Block {
    if (this.#isTicking) {
      this.#isLooped = true;
      return this.#out;
    }
    this.#isTicking = true;
    this.#isLooped = false;
    const cycle = this.#cycle;
    cycle.delayCount++;
    const before = cycle.detected;
    cycle.detected = false;
    super._tick();
    const input = (this._inputs[0] as { _tick(): Block })._tick();
    if (cycle.detected) this.#isLooped = true;
    cycle.detected = before;
    const delays = this.delayTime._tick();
    if (this.#isLooped) {
      // What comes round the loop is known only after this block has been read.
      this.#read(delays, BLOCK_FRAMES / this.context.sampleRate);
      cycle.deferred ??= [];
      cycle.deferred.push(this);
    } else {
      this.#write(input);
      this.#read(delays, 0);
      this.#at = (this.#at + BLOCK_FRAMES) & this.#mask;
    }
    cycle.delayCount--;
    this.#isTicking = false;
    return this.#out;
  }

  /** Called by the context when the loop has been gone round. */
  _deferredWrite(): void {
    const cycle = this.#cycle;
    cycle.delayCount++;
    this.#write((this._inputs[0] as { _tick(): Block })._tick());
    this.#at = (this.#at + BLOCK_FRAMES) & this.#mask;
    cycle.delayCount--;
  }

  #write(input: Block): void {
    if (input.numberOfChannels > this.#rings.length) {
      this.#rings.push((this.#rings[0] as Float32Array).slice());
      this.#out = makeBlock(2, BLOCK_FRAMES, this.context.sampleRate);
    }
    let isQuiet = true;
    for (const [index, ring] of this.#rings.entries()) {
      const samples = input.getChannelData(Math.min(index, input.numberOfChannels - 1));
      // Blocks and rings are powers of two long: a block never wraps around.
      ring.set(samples, this.#at);
      if (isQuiet) isQuiet = samples.every((value) => Math.abs(value) < SILENT);
    }
    if (isQuiet) for (const ring of this.#rings) ring.fill(0, this.#at, this.#at + BLOCK_FRAMES);
    this.#quiet_frames = isQuiet ? this.#quiet_frames + BLOCK_FRAMES : 0;
  }

  #read(delays: Float64Array, least_s: number): void {
    this.#out._silent = this.#quiet_frames > this.#mask;
    const { sampleRate } = this.context;
    for (const [index, ring] of this.#rings.entries()) {
      const out = this.#out.getChannelData(index);
      if (this.#out._silent) {
        out.fill(0);
        continue;
      }
      const mask = this.#mask;
      for (let frame = 0; frame < BLOCK_FRAMES; frame++) {
        const delay_s = Math.max(least_s, Math.min(this.#longest_s, delays[frame] as number));
        const place = this.#at + frame + mask + 1 - delay_s * sampleRate;
        const low = Math.floor(place);
        const value = ring[low & mask] as number;
        out[frame] = value + ((ring[(low + 1) & mask] as number) - value) * (place - low);
      }
    }
  }
}
