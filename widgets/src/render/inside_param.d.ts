// The parameter class of web-audio-api, which the package does not export with its inner side.

declare module "web-audio-api/src/AudioParam.js" {
  export default class AudioParam {
    readonly context: { readonly currentTime: number };
    readonly _input: { readonly connections: readonly unknown[] };
    readonly _outBuf: Float64Array;
    get value(): number;
    set value(value: number);
    setValueAtTime(value: number, at_s: number): this;
    linearRampToValueAtTime(value: number, end_s: number): this;
    exponentialRampToValueAtTime(value: number, end_s: number): this;
    setTargetAtTime(target: number, start_s: number, constant_s: number): this;
    setValueCurveAtTime(values: ArrayLike<number>, start_s: number, duration_s: number): this;
    cancelScheduledValues(from_s: number): this;
    cancelAndHoldAtTime(at_s: number): this;
    _tick(): Float64Array;
  }
}
