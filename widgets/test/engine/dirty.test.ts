import { expect, it } from "vitest";
import { bundledEngine } from "./bundled.js";

// In a file of its own: once dirty, a realm stays dirty.
const { evaluate } = await bundledEngine();

it("ENG-11: an evaluation is dirty when it replaced something shared, not when it registered a method", () => {
  expect(evaluate("register('mine', pat => pat.fast(2))\ns('bd').mine()").isDirty).toBe(false);
  expect(evaluate("sine.query = () => []\ns('bd')").isDirty).toBe(true);
});
