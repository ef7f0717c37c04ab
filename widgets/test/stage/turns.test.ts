import { describe, expect, test } from "vitest";
import { Turns } from "../../src/stage/turns.js";

describe("turns", () => {
  test("STAGE-30: work that fails is its own caller's failure; what comes after has its turn", async () => {
    const turns = new Turns();
    const failed = turns.take(() => Promise.reject(new Error("no bundle")));
    const next = turns.take(async () => "played");
    await expect(failed).rejects.toThrow("no bundle");
    expect(await next).toBe("played");
  });

  test("STAGE-30: a piece of work begins when the one before has ended", async () => {
    const turns = new Turns();
    const said: string[] = [];
    let end = () => {};
    const first = turns.take(() =>
      new Promise<void>((resolve) => (end = resolve)).then(() => said.push("one")),
    );
    const second = turns.take(async () => said.push("two"));
    await Promise.resolve();
    end();
    await Promise.all([first, second]);
    expect(said).toEqual(["one", "two"]);
  });
});
