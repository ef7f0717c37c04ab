// The inner side of web-audio-api that our own nodes build on: its types tell only the outer side.
// The package is pinned to an exact version; the render tests fail when these names move.
import * as api from "web-audio-api";

/** One block of 128 frames in one or more channels. */
export interface Block {
  readonly numberOfChannels: number;
  readonly sampleRate: number;
  readonly length: number;
  getChannelData(channel: number): Float32Array;
  /** True when nothing but zeros is in it. */
  _silent?: boolean;
}

export interface InsideParam {
  value: number;
  _fixedRate?: boolean;
  /** The values of this block, one a frame. */
  _tick(): Float64Array;
}

export interface InsideNode {
  readonly context: api.BaseAudioContext;
  readonly _inputs: { _tick(): Block; readonly connections: readonly unknown[] }[];
  readonly _outputs: object[];
  readonly _scheduled: readonly unknown[];
  _tick(): Block;
  _applyOpts(options: object): void;
}

export interface InsideSource extends InsideNode {
  readonly _startTime: number;
  readonly _zeroBuf: Block;
  start(when_s?: number): void;
  /** End in so many seconds of this block. */
  _scheduleEnded(after_s: number): void;
}

type NodeClass<T> = new (
  context: unknown,
  inputs: number,
  outputs: number,
  channelCount: number | undefined,
  countMode: string,
  interpretation: string,
) => T;

type ParamClass = new (
  context: unknown,
  value: number,
  rate: "a" | "k",
  minimum?: number,
  maximum?: number,
) => InsideParam;

export const BLOCK_FRAMES = 128;
export const NodeBase = api.AudioNode as unknown as NodeClass<InsideNode>;
export const SourceBase = api.AudioScheduledSourceNode as unknown as NodeClass<InsideSource>;
export const Param = api.AudioParam as unknown as ParamClass;

/** A buffer as the package makes them. */
export function makeBlock(channels: number, frames: number, sampleRate: number): Block {
  return new api.AudioBuffer(channels, frames, sampleRate) as unknown as Block;
}

/** A parameter that changes only from block to block. */
export function blockParam(context: unknown, value: number, minimum: number, maximum: number): InsideParam {
  const param = new Param(context, Math.fround(value), "k", minimum, maximum);
  param._fixedRate = true;
  return param;
}
