// The gain, which most nodes of a graph are: nearly always one number, and often just one.
import { BLOCK_FRAMES, type Block, type InsideParam, makeBlock, NodeBase, Param } from "./inside.js";

interface GainOptions {
  gain?: number;
  channelCount?: number;
  channelCountMode?: string;
}

interface Output {
  _horizon(block_end_s: number): number;
}

/** Multiplies its input; passes it on untouched at gain one. */
export class GainNode extends NodeBase {
  readonly gain: InsideParam;
  #out: Block | null = null;

  constructor(context: { sampleRate: number }, options: GainOptions = {}) {
    super(context, 1, 1, undefined, "max", "speakers");
    this.gain = new Param(context, options.gain ?? 1, "a");
    this._applyOpts(options);
  }

  override _tick(): Block {
    super._tick();
    const input = (this._inputs[0] as { _tick(): Block })._tick();
    if (input._silent) return input;
    const gains = this.gain._tick();
    const first = gains[0] as number;
    const isSteady = first === gains[BLOCK_FRAMES - 1] && first === gains[BLOCK_FRAMES / 2];
    if (isSteady && first === 1) return input;
    const channels = input.numberOfChannels;
    if (this.#out?.numberOfChannels !== channels) {
      this.#out = makeBlock(channels, BLOCK_FRAMES, this.context.sampleRate);
    }
    const output = this.#out as Block;
    for (let channel = 0; channel < channels; channel++) {
      const from = input.getChannelData(channel);
      const to = output.getChannelData(channel);
      if (isSteady)
        for (let frame = 0; frame < BLOCK_FRAMES; frame++) to[frame] = (from[frame] as number) * first;
      else
        for (let frame = 0; frame < BLOCK_FRAMES; frame++)
          to[frame] = (from[frame] as number) * (gains[frame] as number);
    }
    return output;
  }

  /** Asked by the package: until when this is surely silent. Gain makes no sound of its own. */
  _silentUntil(block_end_s: number): number {
    if (this._scheduled.length > 0) return Number.NEGATIVE_INFINITY;
    let until_s = Number.POSITIVE_INFINITY;
    for (const output of (this._inputs[0] as { connections: readonly unknown[] }).connections) {
      until_s = Math.min(until_s, (output as Output)._horizon(block_end_s));
      if (until_s <= block_end_s) break;
    }
    return until_s;
  }
}
