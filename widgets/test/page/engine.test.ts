import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PageEngine } from "../../src/page/engine.js";
import type { FromStage, SeenHap } from "../../src/stage/messages.js";
import { ScriptedStage } from "../views/scripted_stage.js";

const problem = {
  kind: "runtime",
  message: "no",
  line: 1,
  column: 1,
  hint: null,
  layer: null,
} as const;

let stage: ScriptedStage;
let engine: PageEngine;

beforeEach(() => {
  vi.useFakeTimers();
  stage = new ScriptedStage((): SeenHap[] => [], [problem]);
  engine = new PageEngine(stage);
});

afterEach(() => {
  engine.dispose();
  vi.useRealTimers();
});

describe("a layer that is no more", () => {
  it("OUT-4: falls silent, and no other does, whatever it is called", async () => {
    const [pad, pads] = [engine.layer("n/pad", "pad"), engine.layer("n/pads", "pads")];
    await engine.play(pad, "x");
    await engine.play(pads, "y");
    engine.end("n/pad");
    engine.end("n/unknown");
    expect([pad.state, pads.state]).toEqual(["silent", "playing"]);
  });
});

describe("a layer whose view goes", () => {
  it("PAGE-2: plays on when another view comes within three seconds", async () => {
    const layer = engine.layer("a", "a");
    const leave = engine.attach(layer);
    await engine.play(layer, "x");
    leave();
    vi.advanceTimersByTime(2900);
    engine.attach(engine.layer("a", "a"));
    vi.advanceTimersByTime(60_000);
    expect(engine.layer("a", "a")).toBe(layer);
    expect(layer.state).toBe("playing");
    expect(stage.calls).not.toContain("stop a");
  });

  it("PAGE-2: ends when none comes, and is forgotten", async () => {
    const layer = engine.layer("a", "a");
    const leave = engine.attach(layer);
    await engine.play(layer, "x");
    leave();
    vi.advanceTimersByTime(3100);
    expect(layer.state).toBe("silent");
    expect(stage.calls).toContain("stop a");
    expect(engine.keys).toEqual([]);
  });

  it("PAGE-2: ends at once when its cell is known to be gone, and seen layers do not", async () => {
    const [gone, seen] = [engine.layer("a", "a"), engine.layer("b", "b")];
    engine.attach(seen);
    const leave = engine.attach(gone);
    await engine.play(gone, "x");
    await engine.play(seen, "x");
    leave();
    engine.endUnseen();
    expect([gone.state, seen.state]).toEqual(["silent", "playing"]);
  });
});

describe("evaluations", () => {
  it("CELL-3: refused code leaves what played playing", async () => {
    const layer = engine.layer("a", "a");
    await engine.play(layer, "good");
    await engine.play(layer, "broken");
    expect(layer.state).toBe("playing");
    expect(layer.playing_code).toBe("good");
    expect(layer.problems).toEqual([problem]);
    await engine.play(layer, "better");
    expect(layer.problems).toEqual([]);
  });

  it("CELL-3: refused code in a silent layer leaves it silent", async () => {
    const layer = engine.layer("a", "a");
    await engine.play(layer, "broken");
    expect(layer.state).toBe("silent");
  });

  it("PAGE-3: an answer that was overtaken is dropped, and so is one that comes after a stop", async () => {
    const layer = engine.layer("a", "a");
    const answers: ((answer: Extract<FromStage, { kind: "evaluated" }>) => void)[] = [];
    stage.evaluate = () => new Promise((resolve) => answers.push(resolve));
    const answer = (name: string) => ({
      kind: "evaluated" as const,
      request_id: 1,
      layer: name,
      problems: [],
      warnings: [],
      playing: { from_cycle: 0, cps: 0.5, labels: [], widgets: [] },
    });
    const [older, newer] = [engine.play(layer, "older"), engine.play(layer, "newer")];
    answers[1]?.(answer("a"));
    await newer;
    answers[0]?.(answer("a"));
    await older;
    expect(layer.playing_code).toBe("newer");
    const late = engine.play(layer, "late");
    engine.stop(layer);
    answers[2]?.(answer("a"));
    await late;
    expect(layer.state).toBe("silent");
  });

  it("CELL-3: a player that does not answer is a problem in words", async () => {
    const layer = engine.layer("a", "a");
    stage.evaluate = () => Promise.reject(new Error("gone"));
    await engine.play(layer, "x");
    expect(layer.problems[0]?.message).toBe("the player did not answer: gone");
    expect(layer.state).toBe("silent");
  });
});

describe("the page", () => {
  it("CELL-5: ending a scope ends its layers and no others", async () => {
    const [one, other] = [engine.layer("n1/a", "a"), engine.layer("n2/a", "a")];
    await engine.play(one, "x");
    await engine.play(other, "x");
    engine.stopScope("n1/");
    expect([one.state, other.state]).toEqual(["silent", "playing"]);
    engine.hush();
    expect(other.state).toBe("silent");
    expect(engine.playing).toBe(false);
  });

  it("CELL-3: a layer that fails later is marked; it is silent only when the stage says so", async () => {
    const layer = engine.layer("a", "a");
    await engine.play(layer, "x");
    const failed = {
      kind: "failed",
      layer: "a",
      request_id: 1,
      problem,
      at_cycle: 6,
      from_cycle: 8,
    } as const;
    stage.emit({ ...failed, silent: false });
    expect([layer.state, layer.problems]).toEqual(["playing", [problem]]);
    stage.emit({ ...failed, silent: true });
    expect(layer.state).toBe("silent");
  });

  it("STAGE-31: when what was before plays on, that is what the layer says it plays", async () => {
    const layer = engine.layer("a", "a");
    await engine.play(layer, "good");
    await engine.play(layer, "fails later");
    const started: unknown[] = [];
    layer.started.on(({ code, from_cycle }) => started.push([code, from_cycle]));
    const failed = {
      kind: "failed",
      layer: "a",
      request_id: 2,
      problem,
      silent: false,
      at_cycle: 6,
    } as const;
    stage.emit({ ...failed, from_cycle: 8, plays: "good" });
    expect([layer.playing_code, layer.judged_code]).toEqual(["good", "fails later"]);
    expect(started).toEqual([["good", 8]]);
  });

  it("VIEW-2: a clock that still ticks after hush does not bring time back", async () => {
    const layer = engine.layer("a", "a");
    await engine.play(layer, "x");
    stage.emit({ kind: "clock", epoch_ms: 0, cycle: 3, cps: 1, audio: "running" });
    expect(engine.clock.cycleAt(1000)).toBe(4);
    engine.hush();
    stage.emit({ kind: "clock", epoch_ms: 0, cycle: 9, cps: 1, audio: "running" });
    expect(engine.clock.cycleAt(0)).toBeNull();
  });

  it("VIEW-4: the scope serves who asked last, and the one before when that one is done", () => {
    const [a, b] = [engine.layer("a", "a"), engine.layer("b", "b")];
    const endA = engine.watchScope(a);
    const endB = engine.watchScope(b);
    endB();
    endA();
    expect(stage.calls).toEqual(["scope a", "scope b", "scope a", "scope null"]);
  });
});
