// The little of @strudel/* that the evaluator touches; the packages ship no types.

declare module "@strudel/core" {
  export interface Fraction {
    s: bigint;
    n: bigint;
    d: bigint;
    valueOf(): number;
    sub(other: Fraction | number): Fraction;
    add(other: Fraction | number): Fraction;
    mul(other: Fraction | number): Fraction;
    compare(other: Fraction | number): number;
    equals(other: Fraction | number): boolean;
    floor(): Fraction;
  }
  export const Fraction: ((value: number | string | Fraction) => Fraction) & {
    _original: { prototype: object };
  };
  export class TimeSpan {
    constructor(begin: number | string | Fraction, end: number | string | Fraction);
    begin: Fraction;
    end: Fraction;
  }
  export interface Location {
    start: number;
    end: number;
  }
  export interface Context {
    locations?: Location[];
    label?: string;
    /** Set by the evaluator: the output (`osc`, `midi`) that the hap is meant for. */
    outlet?: string;
    [key: string]: unknown;
  }
  export class Hap {
    whole: TimeSpan | undefined;
    part: TimeSpan;
    value: unknown;
    context: Context;
    hasOnset(): boolean;
  }
  export class State {
    constructor(span: TimeSpan, controls?: Record<string, unknown>);
    span: TimeSpan;
    controls: Record<string, unknown>;
    setControls(controls: Record<string, unknown>): State;
  }
  export class Pattern {
    constructor(query: (state: State) => Hap[]);
    query: (state: State) => Hap[];
    _Pattern: boolean;
    __pure?: unknown;
    withState(change: (state: State) => State): Pattern;
    withContext(change: (context: Context) => Context): Pattern;
    fmap(change: (value: never) => unknown): Pattern;
    innerJoin(): Pattern;
    _fast(factor: number): Pattern;
    set(...values: unknown[]): Pattern;
    [method: string]: unknown;
  }
  export const silence: Pattern;
  export function isPattern(value: unknown): value is Pattern;
  export function stack(...patterns: unknown[]): Pattern;
  export function reify(value: unknown): Pattern;
  export function pure(value: unknown): Pattern;
  export function ref(accessor: () => unknown): Pattern;
  export function register(
    name: string,
    func: (...args: never[]) => unknown,
  ): (...args: unknown[]) => Pattern;
  export function createParams(...names: string[]): Record<string, (...args: unknown[]) => Pattern>;
  export function createParam(names: string | string[]): (...args: unknown[]) => Pattern;
  export function setStringParser(parser: unknown): void;
  export function calculateSteps(on: boolean): void;
  export function useRNG(mode: string): void;
  export function setTime(now: () => number): void;
  export function setCpsFunc(cps: () => number): void;
  export function reset_state(): void;
  export function valueToMidi(value: Record<string, unknown>): number;
  export function isNote(name: string): boolean;
  export const strudelScope: Record<string, unknown>;
}

declare module "@strudel/mini" {
  export function mini(...texts: string[]): unknown;
  export function m(text: string, offset: number): unknown;
  export function parse(text: string): unknown;
  export function getLeafLocations(text: string, start: number, code: string): number[][];
}

declare module "@strudel/tonal" {
  export const voicingRegistry: Record<string, unknown>;
  export function setDefaultVoicings(name: string): void;
}

declare module "@strudel/xen" {
  const names: Record<string, unknown>;
  export = names;
}

declare module "@strudel/transpiler" {
  export interface TranspiledWidget {
    type: string;
    from?: number;
    to: number;
    index?: number;
    value?: string;
    min?: number;
    max?: number;
    step?: number;
  }
  export interface Transpiled {
    output: string;
    miniLocations: number[][];
    widgets: TranspiledWidget[];
  }
  export function transpiler(code: string, options?: Record<string, unknown>): Transpiled;
  export function registerWidgetType(name: string): void;
}
