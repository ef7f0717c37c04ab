// Faders, mutes, meters: each layer has a strip of its own, all strips meet in the master chain.
import { getSuperdoughAudioController } from "superdough";
import type { Hearing, MixSettings } from "./messages.js";

const FADE_S = 0.005;
/** How long a retired strip stays connected when nobody says how long its voices last. */
const RETIRED_S = 2;
const RETIRED_AT_MOST_S = 30;
const ORBITS_PER_STRIP = 1000;
const NEUTRAL: MixSettings = { gain: 1, mute: false, solo: false };
const METER_FRAMES = 2048;

function stereoGain(context: AudioContext): GainNode {
  return new GainNode(context, { channelCount: 2, channelCountMode: "explicit" });
}

/** The channel of one layer: superdough's orbits → fader → meter → master. */
export class Strip {
  readonly number: number;
  readonly fader: GainNode;
  readonly meter: AnalyserNode;
  /** Audio time at which the last voice of this strip is over. */
  busyUntil_s = 0;
  #orbits = new Set<number>();

  constructor(context: AudioContext, number: number, master: AudioNode) {
    this.number = number;
    this.fader = stereoGain(context);
    this.meter = new AnalyserNode(context, { fftSize: METER_FRAMES });
    this.fader.connect(this.meter);
    this.fader.connect(master);
  }

  /** The page-wide number of an orbit of this layer's code; makes the orbit when it is new. */
  orbit(wanted: unknown): number {
    const own = Math.abs(Math.trunc(Number(wanted))) % ORBITS_PER_STRIP || 0;
    const number = ORBITS_PER_STRIP * (this.number + 1) + own;
    if (this.#orbits.has(number)) return number;
    this.#orbits.add(number);
    const controller = getSuperdoughAudioController();
    controller.output.connectToDestination = (input) => input.connect(this.fader);
    controller.getOrbit(number, [0, 1]);
    return number;
  }

  disconnect(): void {
    const { nodes } = getSuperdoughAudioController();
    for (const number of this.#orbits) {
      nodes[number]?.disconnect();
      delete nodes[number];
    }
    this.fader.disconnect();
    this.meter.disconnect();
  }
}

/** All strips of the page. */
export class Mixer {
  #context: AudioContext;
  #master: AudioNode;
  #strips = new Map<string, Strip>();
  #retired = new Set<Strip>();
  #settings = new Map<string, MixSettings>();
  /** Layers that this page does not hear as they are mixed. */
  #hearing = new Map<string, Hearing>();

  constructor(context: AudioContext, master: AudioNode) {
    this.#context = context;
    this.#master = master;
  }

  #freeNumber(): number {
    const used = new Set([...this.#strips.values(), ...this.#retired].map((strip) => strip.number));
    let number = 0;
    while (used.has(number)) number++;
    return number;
  }

  /** The strip of a layer, made when it does not exist. */
  strip(layer: string): Strip {
    const known = this.#strips.get(layer);
    if (known !== undefined) return known;
    const made = new Strip(this.#context, this.#freeNumber(), this.#master);
    made.fader.gain.value = this.#audibleGain(layer);
    this.#strips.set(layer, made);
    return made;
  }

  /** How many strips exist, those that are fading out included. */
  get count(): number {
    return this.#strips.size + this.#retired.size;
  }

  #audibleGain(layer: string): number {
    const { gain, mute, solo } = this.#settings.get(layer) ?? NEUTRAL;
    const hearing = this.#hearing.get(layer) ?? "mixed";
    if (hearing !== "mixed") return hearing === "always" ? gain : 0;
    const somebodySolos = [...this.#settings.values()].some((each) => each.solo);
    return mute || (somebodySolos && !solo) ? 0 : gain;
  }

  mix(layer: string, settings: MixSettings): void {
    this.#settings.delete(layer);
    const isNeutral = settings.gain === 1 && !settings.mute && !settings.solo;
    if (!isNeutral) this.#settings.set(layer, settings);
    this.#fade();
  }

  /** What this page hears of a layer, whatever the mix. */
  hear(layer: string, hearing: Hearing): void {
    if (hearing === "mixed") this.#hearing.delete(layer);
    else this.#hearing.set(layer, hearing);
    this.#fade();
  }

  /** Whether its haps need not be played. */
  isOff(layer: string): boolean {
    return this.#hearing.get(layer) === "off";
  }

  /** Every strip goes to the gain that it has now. */
  #fade(): void {
    const now = this.#context.currentTime;
    for (const [name, strip] of this.#strips) {
      strip.fader.gain.setTargetAtTime(this.#audibleGain(name), now, FADE_S);
    }
  }

  /** Ends the layer's sound within a few milliseconds, ringing voices and echoes included. */
  retire(layer: string): void {
    const strip = this.#strips.get(layer);
    if (strip === undefined) return;
    this.#strips.delete(layer);
    this.#retired.add(strip);
    const now = this.#context.currentTime;
    const { gain } = strip.fader;
    gain.cancelScheduledValues(now);
    gain.setValueAtTime(gain.value, now);
    gain.linearRampToValueAtTime(0, now + FADE_S);
    // Voices end only while they are connected: cutting them off at once would keep them for ever.
    strip.busyUntil_s = Math.min(Math.max(strip.busyUntil_s, now) + RETIRED_S, now + RETIRED_AT_MOST_S);
  }

  /** Lets go of strips whose voices are over. To be called now and then. */
  sweep(): void {
    for (const strip of this.#retired) {
      if (strip.busyUntil_s > this.#context.currentTime) continue;
      strip.disconnect();
      this.#retired.delete(strip);
    }
  }

  /** Peak of the last 40 ms of every layer, 0 to 1. */
  levels(): Record<string, number> {
    const frames = new Float32Array(METER_FRAMES);
    const peaks: Record<string, number> = {};
    for (const [layer, strip] of this.#strips) {
      strip.meter.getFloatTimeDomainData(frames);
      let peak = 0;
      for (const sample of frames) peak = Math.max(peak, Math.abs(sample));
      peaks[layer] = Math.min(peak, 1);
    }
    return peaks;
  }

  /** The waveform of a layer as it is now, or null when it does not sound. */
  waveform(layer: string): Float32Array | null {
    const strip = this.#strips.get(layer);
    if (strip === undefined) return null;
    const frames = new Float32Array(METER_FRAMES);
    strip.meter.getFloatTimeDomainData(frames);
    return frames;
  }
}
