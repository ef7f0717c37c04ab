// What the renderer uses of superdough beyond the stage's declarations.

declare module "superdough" {
  /** The node pools, orbits and buses of one context. */
  export class SuperdoughAudioController {
    constructor(context: unknown);
  }
  export function resetLoadedSounds(): void;
}

declare module "@kabelsalat/core/src/index.js" {
  export interface GraphNode {
    compile(options: { log: boolean }): { src: string; ugens: unknown[]; registers: number };
  }
  export function evaluate(code: string, scope: Record<string, unknown>): GraphNode;
}

declare module "@kabelsalat/lib/src/lib.js" {}
