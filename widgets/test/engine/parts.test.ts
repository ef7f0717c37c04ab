import { describe, expect, it } from "vitest";
import { bundledEngine } from "./bundled.js";

const { closest, didYouMean, offsetAt, originalPosition, positionAt, soundClass, soundNames } =
  await bundledEngine();

describe("positions", () => {
  it("ENG-8: line and column count from 1, in code points", () => {
    const code = "a🥁b\n低 c";
    expect(positionAt(code, 0)).toEqual({ line: 1, column: 1 });
    expect(positionAt(code, 3)).toEqual({ line: 1, column: 3 });
    expect(positionAt(code, 7)).toEqual({ line: 2, column: 3 });
    expect(positionAt(code, 99)).toEqual({ line: 2, column: 4 });
    expect(positionAt(code, -3)).toEqual({ line: 1, column: 1 });
  });

  it("ENG-8: an offset is found from a line and a UTF-16 column, and stays inside the text", () => {
    expect(offsetAt("ab\ncd", 2, 1)).toBe(4);
    expect(offsetAt("ab\ncd", 9, 0)).toBe(5);
    expect(offsetAt("ab\ncd", 2, 50)).toBe(5);
  });

  it("ENG-8: a source map leads back to the nearest place before", () => {
    const map = JSON.stringify({ mappings: "AAAA,IAAI;AACA,KAAK" });
    expect(originalPosition(map, 1, 0)).toEqual({ line: 1, column: 0 });
    expect(originalPosition(map, 1, 9)).toEqual({ line: 1, column: 4 });
    expect(originalPosition(map, 2, 6)).toEqual({ line: 2, column: 9 });
    expect(originalPosition(map, 3, 0)).toBeNull();
  });
});

describe("suggestions", () => {
  it("GATE-1: the closest names come first, and only near ones", () => {
    expect(closest("sawtoth", ["sawtooth", "saw", "square"])).toEqual(["sawtooth"]);
    expect(closest("fsat", ["fast", "flat", "slow"])).toEqual(["fast", "flat"]);
    expect(closest("zzzzzz", soundNames())).toEqual([]);
    expect(didYouMean("bdd", ["bd", "bd"])).toBe("did you mean bd?");
  });
});

describe("sounds", () => {
  it("GATE-8: every sound is offline, a download or unknown, in any case", () => {
    expect(soundClass("sawtooth")).toBe("offline");
    expect(soundClass("bd")).toBe("offline");
    expect(soundClass("BD", "tr909")).toBe("offline");
    expect(soundClass("RolandTR808_hh")).toBe("offline");
    expect(soundClass("gm_violin")).toBe("download");
    expect(soundClass("squelch", "wt_digital")).toBe("download");
    expect(soundClass("tha", "mridangam")).toBe("download");
    expect(soundClass("zork")).toBe("unknown");
    expect(soundClass("bd", "zork")).toBe("unknown");
  });
});
