// The live picture of an inline visual.

import type { DrawVisual, InlineVisual } from "../editor/visuals.js";
import { epochNow_ms } from "../page/clock.js";
import type { PageEngine } from "../page/engine.js";
import type { Layer } from "../page/layer.js";
import type { SeenHap } from "../stage/messages.js";
import { animate } from "./animation.js";
import { SharpCanvas } from "./canvas.js";
import { drawRoll, ROLL_CYCLES, RowMemory } from "./piano_roll.js";
import { drawPitchWheel, drawSpiral } from "./round_visuals.js";
import { drawScope, drawSpectrum } from "./scope.js";

const WORDS: Record<InlineVisual["type"], string> = {
  pianoroll: "Piano roll",
  punchcard: "Piano roll",
  scope: "Scope",
  spectrum: "Spectrum",
  spiral: "Spiral",
  pitchwheel: "Pitch wheel",
};

function draws(visual: InlineVisual, canvas: SharpCanvas, samples: () => Float32Array | null) {
  const rows = new RowMemory();
  return (haps: readonly SeenHap[], cycle: number) => {
    switch (visual.type) {
      case "scope":
        return drawScope(canvas, samples());
      case "spectrum":
        return drawSpectrum(canvas, samples());
      case "spiral":
        return drawSpiral(canvas, haps, cycle);
      case "pitchwheel":
        return drawPitchWheel(canvas, haps, cycle);
      default:
        return drawRoll(canvas, haps, rows.update(haps, cycle), cycle);
    }
  };
}

/** How this layer's inline visuals are drawn. */
export function inlinePictures(engine: PageEngine, layer: Layer): DrawVisual {
  return (visual) => {
    const canvas = new SharpCanvas(
      `alg-inline alg-inline-${visual.type}`,
      `${WORDS[visual.type]} in the code`,
    );
    let samples: Float32Array | null = null;
    const draw = draws(visual, canvas, () => samples);
    const { start, end } = visual.statement;
    const own = (hap: SeenHap) => hap.spans.some((span) => span.start >= start && span.end <= end);
    const ends = [
      animate({
        element: canvas.element,
        active: () => layer.state === "playing",
        draw() {
          const cycle = engine.clock.cycleAt(epochNow_ms());
          if (cycle === null) return;
          draw(layer.timeline.between(cycle - ROLL_CYCLES, cycle + ROLL_CYCLES).filter(own), cycle);
        },
      }),
    ];
    if (visual.type === "scope" || visual.type === "spectrum") {
      ends.push(
        engine.watchScope(layer),
        engine.scoped.on((heard) => {
          samples = heard;
        }),
      );
    }
    return {
      element: canvas.element,
      end() {
        for (const stop of ends) stop();
      },
    };
  };
}
