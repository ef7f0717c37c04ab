// A parameter that rests once its timeline is over. Superdough sets nearly every parameter by its value, which is an
// entry in the timeline: web-audio-api then asks the timeline again for every block, for thousands of parameters.
import AudioParam from "web-audio-api/src/AudioParam.js";

/** web-audio-api's parameter, computed only while something changes it. Takes its place in the bundle. */
export default class RestingParam extends AudioParam {
  /** When the last entry of the timeline has been carried out. */
  #over_s = 0;
  #isFilled = false;

  #entered<T>(until_s: number, entry: T): T {
    this.#over_s = Math.max(this.#over_s, until_s);
    this.#isFilled = false;
    return entry;
  }

  override get value(): number {
    return super.value;
  }

  override set value(value: number) {
    this.#entered(this.context.currentTime, null);
    super.value = value;
  }

  override setValueAtTime(value: number, at_s: number): this {
    return this.#entered(at_s, super.setValueAtTime(value, at_s));
  }

  override linearRampToValueAtTime(value: number, end_s: number): this {
    return this.#entered(end_s, super.linearRampToValueAtTime(value, end_s));
  }

  override exponentialRampToValueAtTime(value: number, end_s: number): this {
    return this.#entered(end_s, super.exponentialRampToValueAtTime(value, end_s));
  }

  override setTargetAtTime(target: number, start_s: number, constant_s: number): this {
    return this.#entered(Number.POSITIVE_INFINITY, super.setTargetAtTime(target, start_s, constant_s));
  }

  override setValueCurveAtTime(values: ArrayLike<number>, start_s: number, duration_s: number): this {
    return this.#entered(start_s + duration_s, super.setValueCurveAtTime(values, start_s, duration_s));
  }

  override cancelScheduledValues(from_s: number): this {
    return this.#entered(from_s, super.cancelScheduledValues(from_s));
  }

  override cancelAndHoldAtTime(at_s: number): this {
    return this.#entered(at_s, super.cancelAndHoldAtTime(at_s));
  }

  override _tick(): Float64Array {
    const hasInput = this._input.connections.length > 0;
    if (this.#isFilled && !hasInput) return this._outBuf;
    const values = super._tick();
    this.#isFilled = !hasInput && this.context.currentTime >= this.#over_s;
    return values;
  }
}
