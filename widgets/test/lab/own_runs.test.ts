import { expect, it } from "vitest";
import type { SharedCell } from "../../src/lab/cell.js";
import { noteRun, ranHere } from "../../src/lab/own_runs.js";
import { FRESH_MS } from "../../src/payload.js";

it("INLAB-6: only the page that ran a cell hears it by that, and only soon after", () => {
  const [ran, other] = [{}, {}] as SharedCell[];
  if (!ran || !other) throw new Error("two cells");
  noteRun(ran, 1_000);
  expect(ranHere(ran, 1_000 + FRESH_MS)).toBe(true);
  expect(ranHere(ran, 1_001 + FRESH_MS)).toBe(false);
  expect(ranHere(other, 1_000)).toBe(false);
});
