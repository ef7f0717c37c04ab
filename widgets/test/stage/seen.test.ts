import { describe, expect, it } from "vitest";
import { seen } from "../../src/stage/seen.js";
import type { PlayedHap } from "../../src/stage/worker_messages.js";

const hap: PlayedHap = {
  begin: 0,
  end: 1,
  value: {
    s: "saw",
    cutoff: 800,
    FX: [{}],
    big: "x".repeat(257),
    fit: "x".repeat(256),
    on: true,
    none: null,
  },
  spans: [],
  label: null,
  color: null,
  note: 60,
};

describe("a hap that the page sees", () => {
  it("LINK-17: says its controls only when they are wanted, and only numbers and short texts", () => {
    expect(seen(hap, false)).not.toHaveProperty("controls");
    expect(seen(hap, true).controls).toEqual({ s: "saw", cutoff: 800, fit: "x".repeat(256) });
  });

  it("LINK-17: says no more controls than anything outside takes", () => {
    const value = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`c${index}`, index]));
    expect(Object.keys(seen({ ...hap, value }, true).controls ?? {})).toHaveLength(64);
  });
});
