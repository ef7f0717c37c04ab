// The audio context of a render: web-audio-api with our nodes where its own sound unlike a browser's,
// driven block by block from outside instead of by a task queue.
import * as api from "web-audio-api";
import { AudioBufferSourceNode } from "./buffer_source.js";
import { DynamicsCompressorNode } from "./compressor.js";
import { ConvolverNode } from "./convolver.js";
import { DelayNode } from "./delay.js";
import { GainNode } from "./gain.js";
import { BLOCK_FRAMES, type Block, makeBlock } from "./inside.js";
import { OscillatorNode, PeriodicWave } from "./oscillator.js";
import { resample } from "./resample.js";
import { decodeWav } from "./wav_file.js";

interface WorkletScope {
  registerProcessor(name: string, processor: unknown): void;
  AudioWorkletProcessor: unknown;
}

interface InsideContext {
  readonly sampleRate: number;
  readonly currentTime: number;
  readonly destination: object;
  _frame: number;
  readonly _workletScope: WorkletScope;
  audioWorklet: { addModule(source: string): Promise<void> };
  _renderQuantum(): Block;
}

type ContextClass = new (channels: number, frames: number, sampleRate: number) => InsideContext;

const OURS = {
  AudioBufferSourceNode,
  ConvolverNode,
  DelayNode,
  DynamicsCompressorNode,
  GainNode,
  OscillatorNode,
  PeriodicWave,
};

const scope = globalThis as unknown as Record<string, unknown>;

/** Put the Web Audio API where packages written for browsers look for it. */
export function installWebAudio(): void {
  for (const [name, value] of Object.entries(api)) scope[name] = value;
  Object.assign(scope, OURS);
}

/**
 * Processors see their clock as globals. The package evaluates them under a `with` statement, which keeps every
 * name in them from being compiled well.
 */
function addWorklets(context: InsideContext, source: string): void {
  const { _workletScope: worklets } = context;
  scope.registerProcessor = worklets.registerProcessor.bind(worklets);
  scope.AudioWorkletProcessor = worklets.AudioWorkletProcessor;
  scope.sampleRate = context.sampleRate;
  Object.defineProperty(scope, "currentTime", { get: () => context.currentTime, configurable: true });
  Object.defineProperty(scope, "currentFrame", { get: () => context._frame, configurable: true });
  new Function(source)();
}

/** A stereo context that renders when it is told to. */
export class RenderContext extends (api.OfflineAudioContext as unknown as ContextClass) {
  constructor(sampleRate: number) {
    super(2, 1, sampleRate);
    // The package offers 32 channels; superdough would take them all, and its mixing table confuses 1→32 and 4→2.
    Object.defineProperty(this.destination, "maxChannelCount", { value: 2 });
    this.audioWorklet.addModule = async (source) => addWorklets(this, source);
  }

  createOscillator(): OscillatorNode {
    return new OscillatorNode(this);
  }

  createPeriodicWave(
    real: ArrayLike<number>,
    imag: ArrayLike<number>,
    options: { disableNormalization?: boolean } = {},
  ): PeriodicWave {
    return new PeriodicWave(this, { real, imag, ...options });
  }

  createBufferSource(): AudioBufferSourceNode {
    return new AudioBufferSourceNode(this);
  }

  createDelay(maxDelayTime = 1): DelayNode {
    return new DelayNode(this, { maxDelayTime });
  }

  createGain(): GainNode {
    return new GainNode(this);
  }

  createConvolver(): ConvolverNode {
    return new ConvolverNode(this);
  }

  createDynamicsCompressor(): DynamicsCompressorNode {
    return new DynamicsCompressorNode(this);
  }

  async decodeAudioData(file: ArrayBuffer): Promise<Block> {
    const { sampleRate, channels } = decodeWav(file);
    const resampled = channels.map((channel) => resample(channel, sampleRate, this.sampleRate));
    const block = makeBlock(resampled.length, (resampled[0] as Float32Array).length, this.sampleRate);
    for (const [index, channel] of resampled.entries()) block.getChannelData(index).set(channel);
    return block;
  }

  /** Render the next blocks until both channels, whole blocks long, are full. */
  advance(left: Float32Array, right: Float32Array): void {
    for (let offset = 0; offset < left.length; offset += BLOCK_FRAMES) {
      const out = this._renderQuantum();
      left.set(out.getChannelData(0), offset);
      right.set(out.getChannelData(out.numberOfChannels > 1 ? 1 : 0), offset);
    }
  }
}
