import { describe, expect, it } from "vitest";
import { differOnlyInSliders } from "../../src/views/session_transport.js";

describe("sliders of a session", () => {
  it.each([
    ["s('bd').gain(slider(0.5, 0, 1))", "s('bd').gain(slider(0.75, 0, 1))", true],
    ["slider( -1.5e-3,-2,2)", "slider(2,-2,2)", true],
    ["slider(1) slider(2)", "slider(3) slider(4)", true],
    ["slider(1, 0, 2)", "slider(1, 0, 3)", false],
    ["s('bd').gain(slider(1))", "s('sd').gain(slider(1))", false],
    ["sliders(1)", "sliders(2)", false],
  ])("SHARE-2: %s and %s differ only in where sliders stand: %s", (one, other, only) => {
    expect(differOnlyInSliders(one, other)).toBe(only);
  });
});
