// The little of superdough that the stage touches; the package ships no types.

declare module "superdough" {
  export interface Orbit {
    output: GainNode;
    disconnect(): void;
  }
  export interface AudioController {
    output: {
      destinationGain: GainNode;
      connectToDestination: (input: AudioNode, channels?: number[]) => void;
    };
    nodes: Record<string, Orbit>;
    getOrbit(orbit: number, channels: number[]): Orbit;
  }
  export interface Sound {
    onTrigger: unknown;
    data: { type?: string; samples?: string[] | Record<string, string[]> };
  }
  type SampleMap = Record<string, unknown>;

  export function superdough(
    value: Record<string, unknown>,
    at_s: number,
    duration_s: number,
    cps: number,
    cycle: number,
  ): Promise<void>;
  export function initAudio(options?: Record<string, unknown>): Promise<void>;
  export function setAudioContext(context: AudioContext): AudioContext;
  export function getSuperdoughAudioController(): AudioController;
  export function registerSynthSounds(): void;
  export function registerZZFXSounds(): void;
  export function registerSound(key: string, trigger: unknown, data?: Record<string, unknown>): void;
  export function registerSampleSource(key: string, bank: unknown, params: Record<string, unknown>): void;
  export function registerSamplesPrefix(
    prefix: string,
    resolve: (url: string) => Promise<[SampleMap, string]>,
  ): void;
  export function samples(
    map: string | SampleMap,
    base?: string,
    options?: Record<string, unknown>,
  ): Promise<void>;
  export function aliasBank(...names: unknown[]): Promise<void>;
  export function getSound(name: string): Sound | undefined;
  export function getSampleInfo(
    value: Record<string, unknown>,
    bank: unknown,
  ): { url: string; label: string };
  export function loadBuffer(url: string, context: BaseAudioContext, name?: string): Promise<AudioBuffer>;
  export function setLogger(log: (message: unknown) => void): void;
  export const soundMap: { get(): Record<string, Sound> };
}
