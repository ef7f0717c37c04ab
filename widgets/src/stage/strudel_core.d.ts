// What the stage's Workers use of core beyond the evaluator.

declare module "@strudel/core" {
  /** The MIDI note of a hap's value; `otherwise` when it has no pitch. Throws for a note that does not parse. */
  export function valueToMidi(value: Record<string, unknown>, otherwise: number): number;
}
