// Runs in the audio thread at the end of the master chain: the limiter, the master's peak meter, and the tap that
// tests capture from.
import { LIMITER, PeakGain } from "./peak_gain.js";

declare const sampleRate: number;
declare const currentFrame: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: unknown): void;

const CAPTURE_FRAMES = 4096;
const LEVEL_INTERVAL_S = 0.05;

function finite(sample: number | undefined): number {
  return sample !== undefined && Number.isFinite(sample) ? sample : 0;
}

class Limiter extends AudioWorkletProcessor {
  #length = Math.max(2, Math.round(LIMITER.lookAhead_s * sampleRate));
  #gain = new PeakGain(this.#length, LIMITER.ceiling, 1 - Math.exp(-1 / (LIMITER.release_s * sampleRate)));
  #left = new Float32Array(this.#length);
  #right = new Float32Array(this.#length);
  #at = 0;
  #peak = 0;
  #unreported = 0;
  #captured: [Float32Array, Float32Array] | null = null;
  #filled = 0;
  #captureStart = 0;

  constructor() {
    super();
    this.port.onmessage = (event: MessageEvent<{ capture: boolean }>) => {
      this.#captured = event.data.capture ? this.#fresh() : null;
      this.#filled = 0;
    };
  }

  #fresh(): [Float32Array, Float32Array] {
    return [new Float32Array(CAPTURE_FRAMES), new Float32Array(CAPTURE_FRAMES)];
  }

  #capture(left: Float32Array, right: Float32Array): void {
    if (this.#captured === null) return;
    if (this.#filled === 0) this.#captureStart = currentFrame;
    this.#captured[0].set(left, this.#filled);
    this.#captured[1].set(right, this.#filled);
    this.#filled += left.length;
    if (this.#filled < CAPTURE_FRAMES) return;
    const [one, two] = this.#captured;
    this.port.postMessage({ frame: this.#captureStart, left: one, right: two }, [one.buffer, two.buffer]);
    this.#captured = this.#fresh();
    this.#filled = 0;
  }

  #report(frames: number): void {
    this.#unreported += frames;
    if (this.#unreported < LEVEL_INTERVAL_S * sampleRate) return;
    this.port.postMessage({ peak: this.#peak });
    this.#unreported = 0;
    this.#peak = 0;
  }

  process(inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const [outLeft, outRight] = outputs[0] as [Float32Array, Float32Array];
    const inLeft = inputs[0]?.[0];
    const inRight = inputs[0]?.[1] ?? inLeft;
    for (let index = 0; index < outLeft.length; index++) {
      const at = this.#at;
      const left = finite(inLeft?.[index]);
      const right = finite(inRight?.[index]);
      this.#left[at] = left;
      this.#right[at] = right;
      this.#at = at + 1 === this.#length ? 0 : at + 1;
      const gain = this.#gain.next(Math.max(Math.abs(left), Math.abs(right)));
      // The slot to be overwritten next holds the oldest sample, `length - 1` behind.
      const outL = (this.#left[this.#at] as number) * gain;
      const outR = (this.#right[this.#at] as number) * gain;
      outLeft[index] = outL;
      outRight[index] = outR;
      this.#peak = Math.max(this.#peak, Math.abs(outL), Math.abs(outR));
    }
    this.#capture(outLeft, outRight);
    this.#report(outLeft.length);
    return true;
  }
}

registerProcessor("algorave-limiter", Limiter);
