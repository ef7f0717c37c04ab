// The audio graph language of `K(...)`, compiled where it sounds: here.
import * as core from "@kabelsalat/core/src/index.js";
import * as lib from "@kabelsalat/lib/src/lib.js";

/** Superdough calls this by its global name. */
export function installKabelsalat(): void {
  const names: Record<string, unknown> = { ...core, ...lib };
  Object.defineProperty(globalThis, "compileKabel", {
    value: (code: string) => core.evaluate(code, { ...names }).compile({ log: false }),
    configurable: true,
  });
}
