import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { LiveSession } from "../../src/page/live_session.js";
import type { Anchor } from "../../src/protocol.js";
import { JoinedPage, playing } from "./joined_page.js";

let page: JoinedPage;
let session: LiveSession;

beforeEach(() => {
  vi.useFakeTimers();
  page = new JoinedPage();
  ({ session } = page);
});

afterEach(() => {
  page.leave();
  vi.useRealTimers();
});

const settled = () => vi.advanceTimersByTimeAsync(0);
const anchor = (server_ms: number, cycle: number, cps: number, slope = 0): Anchor => ({
  server_ms,
  cycle,
  cps,
  slope,
});

/** The server's clock is the page's own, and begins now. */
function startClock(): void {
  // One answer is not enough to go by.
  for (let answer = 0; answer < 3; answer++)
    page.socket().say({ kind: "pong", client_ms: performance.now(), server_ms: 0 });
}

describe("the tempo of a session", () => {
  it("TEMPO-1: what is shown is the tempo of now, on its way and at the end of it", async () => {
    page.come();
    startClock();
    const ramp = [anchor(1_000, 0.5, 0.5, 0.25), anchor(3_000, 2, 1)];
    page.socket().say({ kind: "tempo", anchors: ramp, by: "bo", layer: null });
    expect([session.tempo.cps, session.tempo.aimed_cps, session.tempo.isMoving]).toEqual([0.5, 1, true]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(session.tempo.cps).toBeCloseTo(0.75, 2);
    expect(session.tempo.cycle).toBeCloseTo(1.125, 2);
    await vi.advanceTimersByTimeAsync(1_500);
    expect([session.tempo.cps, session.tempo.isMoving]).toEqual([1, false]);
  });

  it("TEMPO-1: new anchors stand for those that were to come", () => {
    page.come();
    const say = (...anchors: Anchor[]) =>
      page.socket().say({ kind: "tempo", anchors, by: "bo", layer: null });
    say(anchor(1_000, 0.5, 0.5, 0.25), anchor(3_000, 2, 1));
    say(anchor(2_000, 1.125, 0.6));
    expect(session.tempo.anchors().map(({ server_ms }) => server_ms)).toEqual([0, 1_000, 2_000]);
    expect(session.tempo.aimed_cps).toBe(0.6);
  });

  it("TEMPO-2: who set the tempo is known, and in which layer", () => {
    page.come();
    expect(session.tempo.credit).toBeNull();
    page.socket().say({ kind: "tempo", anchors: [anchor(1_000, 0.5, 1)], by: "bo", layer: "l1" });
    expect(session.tempo.credit).toEqual({ by: "bo", layer: "l1" });
  });

  it("TEMPO-3: nudges that come faster than they are answered become one", async () => {
    page.come();
    for (let press = 0; press < 4; press++) void session.tempo.nudge(0.01);
    expect(page.asks("nudge")).toMatchObject([{ cycles: 0.01 }]);
    page.answer();
    await settled();
    expect(page.asks("nudge")).toHaveLength(2);
    expect(page.asks("nudge")[1]?.cycles).toBeCloseTo(0.03, 9);
    page.answer();
    await settled();
    expect(page.asks("nudge")).toHaveLength(2);
  });

  it("TEMPO-3: what is too much for one nudge is two, and a refused one ends it", async () => {
    page.come();
    const first = session.tempo.nudge(0.4);
    expect(page.asks("nudge")).toMatchObject([{ cycles: 0.25 }]);
    void session.tempo.nudge(0.1);
    page.answer({ reason: "too_fast", detail: "time bends as much as it may" });
    expect((await first)?.message).toBe("time bends as much as it may");
    expect(page.asks("nudge")).toHaveLength(1);
  });
});

describe("bars", () => {
  it("TEMPO-4: what is played is asked for with the bar that was chosen", async () => {
    page.come();
    session.quantum = 4;
    page.type("good");
    void session.play("l1");
    await settled();
    expect(page.asks("evaluate")).toMatchObject([{ quantum: 4, at_cycle: null }]);
  });

  it("TEMPO-4: a layer that waits for its bar counts the cycles until then", async () => {
    page.come();
    startClock();
    page.socket().say({ kind: "evaluated", playing: playing("l1", "a", 4) });
    const seen = [session.cyclesUntil("l1")];
    session.changed.on(() => seen.push(session.cyclesUntil("l1")));
    await vi.advanceTimersByTimeAsync(10_000);
    expect([...new Set(seen)]).toEqual([4, 3, 2, 1, 0]);
    expect(session.cyclesUntil("l2")).toBe(0);
  });

  it("TEMPO-5: who comes before the bar begins hears what sounds until then, and then the new", async () => {
    const before = { code: "old", by: "bo", from_cycle: 1 };
    page.come({ playing: [{ ...playing("l1", "new", 8), before }] });
    startClock();
    session.listen(true);
    await settled();
    expect(page.plays()).toEqual([
      ["session:s1/l1", "old", 1],
      ["session:s1/l1", "new", 8],
    ]);
  });

  it("TEMPO-5: who comes after it began hears the new alone", async () => {
    const before = { code: "old", by: "bo", from_cycle: 1 };
    page.come({ playing: [{ ...playing("l1", "new", 2), before }] });
    startClock();
    await vi.advanceTimersByTimeAsync(5_000);
    session.listen(true);
    await settled();
    expect(page.plays()).toEqual([["session:s1/l1", "new", 2]]);
  });
});
