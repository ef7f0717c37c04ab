// The end of all sound: master gain → limiter → destination, with the meter and the tap.

import limiterSource from "stage:limiter";
import { getSuperdoughAudioController, initAudio, setAudioContext } from "superdough";

export interface CapturedBlock {
  frame: number;
  left: Float32Array<ArrayBuffer>;
  right: Float32Array<ArrayBuffer>;
}

const STUCK_AFTER_MS = 1500;

/** The page's one audio context and its master chain. */
export class Master {
  readonly context: AudioContext;
  readonly input: GainNode;
  /** False where the page is no secure context: no worklets, so some effects are silent. */
  readonly secure: boolean;
  onCaptured: ((block: CapturedBlock) => void) | null = null;
  #limiter: AudioWorkletNode | null = null;
  #peak = 0;
  #lastTime_s = 0;
  #still_ms = 0;

  constructor() {
    this.context = new AudioContext({ latencyHint: "interactive" });
    setAudioContext(this.context);
    this.input = new GainNode(this.context, { channelCount: 2, channelCountMode: "explicit" });
    this.secure = this.context.audioWorklet !== undefined;
  }

  /** Loads the worklets and connects the chain. */
  async start(): Promise<void> {
    await initAudio({ disableWorklets: !this.secure, maxPolyphony: 128 });
    const { output } = getSuperdoughAudioController();
    // What no layer owns (a bus, an unknown orbit) still passes the limiter.
    output.destinationGain.disconnect();
    output.destinationGain.connect(this.input);
    const last = this.secure ? await this.#startLimiter() : this.#plainLimiter();
    this.input.connect(last);
    last.connect(this.context.destination);
  }

  async #startLimiter(): Promise<AudioNode> {
    await this.context.audioWorklet.addModule(`data:text/javascript;base64,${btoa(limiterSource)}`);
    this.#limiter = new AudioWorkletNode(this.context, "algorave-limiter", {
      outputChannelCount: [2],
      channelCount: 2,
      channelCountMode: "explicit",
    });
    this.#limiter.port.onmessage = (event: MessageEvent<{ peak: number } | CapturedBlock>) => {
      if ("peak" in event.data) this.#peak = Math.max(this.#peak, event.data.peak);
      else this.onCaptured?.(event.data);
    };
    return this.#limiter;
  }

  #plainLimiter(): AudioNode {
    return new DynamicsCompressorNode(this.context, {
      threshold: -2,
      knee: 0,
      ratio: 20,
      attack: 0.002,
      release: 0.1,
    });
  }

  set gain(gain: number) {
    this.input.gain.setTargetAtTime(gain, this.context.currentTime, 0.01);
  }

  capture(on: boolean): void {
    this.#limiter?.port.postMessage({ capture: on });
  }

  /**
   * Whether the audio thread has stopped for good. To be called at every beat of the pulse; before the first sound
   * the device may take its time.
   */
  isStuck(beat_ms: number): boolean {
    const { currentTime, state } = this.context;
    const isStill = state === "running" && currentTime === this.#lastTime_s && currentTime > 0;
    this.#lastTime_s = currentTime;
    this.#still_ms = isStill ? this.#still_ms + beat_ms : 0;
    return this.#still_ms > STUCK_AFTER_MS;
  }

  /** The highest peak since the last call, 0 to 1. */
  takePeak(): number {
    const peak = this.#peak;
    this.#peak = 0;
    return Math.min(peak, 1);
  }
}
