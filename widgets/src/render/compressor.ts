// The compressor as browsers have it: 6 ms of look-ahead, adaptive release and make-up gain.
// The one in web-audio-api has no make-up gain: sounds came out at two fifths of their level.
import { CompressorCurve, decibelsOf, factorOf } from "./compressor_curve.js";
import { BLOCK_FRAMES, type Block, blockParam, type InsideParam, makeBlock, NodeBase } from "./inside.js";

const LOOK_AHEAD_S = 0.006;
/** How quickly the detector forgets a peak. */
const DETECTOR_RELEASE_S = 0.0025;
/** The envelope's rate is set anew each so many frames. */
const DIVISION = 32;
/** Release times as shares of the release parameter, for compression of 0, 4, 8 and 12 dB. */
const RELEASE_SHARES = [0.09, 0.16, 0.42, 0.98] as const;

/** The share of the release time at a place between 0 and 3 along the four shares: a cubic through them. */
function releaseShare(place: number): number {
  return RELEASE_SHARES.reduce((sum, share, own) => {
    let weight = share;
    for (let other = 0; other < RELEASE_SHARES.length; other++) {
      if (other !== own) weight *= (place - other) / (own - other);
    }
    return sum + weight;
  }, 0);
}

interface CompressorOptions {
  threshold?: number;
  knee?: number;
  ratio?: number;
  attack?: number;
  release?: number;
}

/** A dynamics compressor with the levels of a browser's. */
export class DynamicsCompressorNode extends NodeBase {
  readonly threshold: InsideParam;
  readonly knee: InsideParam;
  readonly ratio: InsideParam;
  readonly attack: InsideParam;
  readonly release: InsideParam;
  #curve: CompressorCurve | null = null;
  #curveKey = "";
  #out: Block;
  #lines: Float32Array[];
  #at = 0;
  #detector = 0;
  #gain = 1;
  #deepest_db = -1;

  constructor(context: { sampleRate: number }, options: CompressorOptions = {}) {
    super(context, 1, 1, 2, "clamped-max", "speakers");
    this.threshold = blockParam(context, options.threshold ?? -24, -100, 0);
    this.knee = blockParam(context, options.knee ?? 30, 0, 40);
    this.ratio = blockParam(context, options.ratio ?? 12, 1, 20);
    this.attack = blockParam(context, options.attack ?? 0.003, 0, 1);
    this.release = blockParam(context, options.release ?? 0.25, 0, 1);
    const frames = Math.max(1, Math.floor(LOOK_AHEAD_S * context.sampleRate));
    this.#lines = [new Float32Array(frames), new Float32Array(frames)];
    this.#out = makeBlock(2, BLOCK_FRAMES, context.sampleRate);
  }

  get reduction(): number {
    return decibelsOf(this.#gain || 1);
  }

  override _tick(): Block {
    super._tick();
    const input = (this._inputs[0] as { _tick(): Block })._tick();
    const curve = this.#currentCurve();
    const attack_s = Math.max(0.001, this.attack._tick()[0] as number);
    const release_s = this.release._tick()[0] as number;
    const left = input.getChannelData(0);
    const right = input.numberOfChannels > 1 ? input.getChannelData(1) : left;
    for (let start = 0; start < BLOCK_FRAMES; start += DIVISION) {
      this.#divide(left, right, start, curve, this.#rate(attack_s, release_s));
    }
    return this.#out;
  }

  #currentCurve(): CompressorCurve {
    const values = [this.threshold, this.knee, this.ratio].map((param) => param._tick()[0] as number);
    const key = values.join(" ");
    if (this.#curve && key === this.#curveKey) return this.#curve;
    this.#curveKey = key;
    this.#curve = new CompressorCurve(values[0] as number, values[1] as number, values[2] as number);
    return this.#curve;
  }

  /** The gain that is wanted, warped so that the approach to it sounds even. */
  #wanted(): number {
    return (2 / Math.PI) * Math.asin(Math.min(1, this.#detector));
  }

  /** Below 1: the share of the way to the wanted gain per frame. Above 1: the factor of release per frame. */
  #rate(attack_s: number, release_s: number): number {
    const { sampleRate } = this.context;
    const wanted = this.#wanted();
    const difference_db = wanted > 0 ? decibelsOf(this.#gain / wanted) : 0;
    if (wanted > this.#gain) {
      this.#deepest_db = -1;
      const place = 0.25 * (Math.max(-12, Math.min(0, difference_db)) + 12);
      const frames = Math.max(1, releaseShare(place) * release_s * sampleRate);
      return factorOf(5 / frames);
    }
    this.#deepest_db = Math.max(this.#deepest_db, difference_db);
    const depth_db = Math.max(0.5, this.#deepest_db);
    return 1 - (0.25 / depth_db) ** (1 / (attack_s * sampleRate));
  }

  #detect(level: number, curve: CompressorCurve): void {
    const attenuation = level <= 0.0001 ? 1 : curve.level(level) / level;
    const depth_db = Math.max(2, -decibelsOf(attenuation));
    const release = factorOf(depth_db / (DETECTOR_RELEASE_S * this.context.sampleRate)) - 1;
    const rate = attenuation > this.#detector ? release : 1;
    this.#detector = Math.min(1, this.#detector + (attenuation - this.#detector) * rate);
    if (!Number.isFinite(this.#detector)) this.#detector = 1;
  }

  #divide(
    left: Float32Array,
    right: Float32Array,
    start: number,
    curve: CompressorCurve,
    rate: number,
  ): void {
    const [lineLeft, lineRight] = this.#lines as [Float32Array, Float32Array];
    const outLeft = this.#out.getChannelData(0);
    const outRight = this.#out.getChannelData(1);
    // What the envelope aims at stays the same within a division.
    const wanted = this.#wanted();
    for (let index = start; index < start + DIVISION; index++) {
      const l = left[index] as number;
      const r = right[index] as number;
      const at = this.#at;
      const oldLeft = lineLeft[at] as number;
      const oldRight = lineRight[at] as number;
      lineLeft[at] = l;
      lineRight[at] = r;
      this.#at = at + 1 === lineLeft.length ? 0 : at + 1;
      this.#detect(Math.max(Math.abs(l), Math.abs(r)), curve);
      this.#gain = rate < 1 ? this.#gain + (wanted - this.#gain) * rate : Math.min(1, this.#gain * rate);
      const gain = curve.makeUp * Math.sin((Math.PI / 2) * this.#gain);
      outLeft[index] = oldLeft * gain;
      outRight[index] = oldRight * gain;
    }
  }
}
