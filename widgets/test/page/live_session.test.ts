import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { PageEngine } from "../../src/page/engine.js";
import type { LiveSession } from "../../src/page/live_session.js";
import type { ScriptedStage } from "../views/scripted_stage.js";
import { bass, drums, JoinedPage, playing, problem } from "./joined_page.js";

let page: JoinedPage;
let stage: ScriptedStage;
let engine: PageEngine;
let session: LiveSession;

beforeEach(() => {
  vi.useFakeTimers();
  page = new JoinedPage();
  ({ stage, engine, session } = page);
});

afterEach(() => {
  page.leave();
  vi.useRealTimers();
});

const settled = () => vi.advanceTimersByTimeAsync(0);

describe("what the session plays", () => {
  it("HEAR-1: sounds here from the session's cycle on, changes with it and ends with it", async () => {
    page.come({ playing: [playing("l1", "a", 4)] });
    session.listen(true);
    page.socket().say({ kind: "evaluated", playing: playing("l2", "b", 6) });
    page.socket().say({ kind: "evaluated", playing: playing("l1", "c", 8) });
    await settled();
    expect(page.plays()).toEqual([
      ["session:s1/l1", "a", 4],
      ["session:s1/l2", "b", 6],
      ["session:s1/l1", "c", 8],
    ]);
    expect(session.layer("l1").state).toBe("playing");
    page.socket().say({ kind: "stopped", layer: "l1", by: "bo" });
    expect(session.layer("l1").state).toBe("silent");
    expect(session.layer("l2").state).toBe("playing");
    page.socket().say({ kind: "hushed", by: "bo" });
    expect(session.layer("l2").state).toBe("silent");
  });

  it("HEAR-1: a layer that is removed sounds no more, and one that is renamed goes on", async () => {
    page.come({ playing: [playing("l1", "a"), playing("l2", "b")] });
    session.listen(true);
    await settled();
    const kept = session.layer("l2");
    page.socket().say({ kind: "layers", layers: [{ ...drums, name: "kit" }] });
    expect(stage.calls).toContain("stop session:s1/l1");
    expect(kept).toMatchObject({ name: "kit", state: "playing" });
  });

  it("HEAR-2: is not heard before somebody at this page wants it, however much is played", async () => {
    page.come({ playing: [playing("l1", "a")] });
    page.socket().say({ kind: "evaluated", playing: playing("l2", "b") });
    await settled();
    expect([stage.played, session.listening, session.deaf]).toEqual([[], false, "not_yet"]);
    session.listen(true);
    await settled();
    expect(stage.played).toHaveLength(2);
  });

  it("HEAR-8: goes on as it is when the connection comes back and nothing has changed", async () => {
    page.come({ playing: [playing("l1", "a"), playing("l2", "b")] });
    session.listen(true);
    await settled();
    page.socket().drop(1006);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(page.sockets).toHaveLength(2);
    page.come({ playing: [playing("l1", "a"), playing("l2", "new", 12)] });
    await settled();
    expect(page.plays().slice(2)).toEqual([["session:s1/l2", "new", 12]]);
    expect(stage.calls.filter((call) => call.startsWith("stop"))).toEqual([]);
  });
});

describe("playing", () => {
  it("HEAR-3: what cannot be played is not asked for, and what played before goes on", async () => {
    page.come({ playing: [playing("l1", "a")] });
    session.listen(true);
    page.type("broken");
    await session.play("l1");
    expect(page.asks("evaluate")).toEqual([]);
    expect(session.layer("l1")).toMatchObject({ state: "playing", playing_code: "a", checking: false });
    expect(session.layer("l1").problems).toEqual([problem]);
  });

  it("HEAR-3: what can be played is asked for with the text that was checked, and sounds when the session says so", async () => {
    page.come();
    page.type("good");
    const done = session.play("l1");
    await settled();
    expect(page.asks("evaluate")).toMatchObject([{ layer: "l1", code: "good", at_cycle: null }]);
    expect(stage.played).toEqual([]);
    page.socket().say({ kind: "evaluated", playing: playing("l1", "good", 5) });
    page.answer();
    await done;
    expect(page.plays()).toEqual([["session:s1/l1", "good", 5]]);
  });

  it("HEAR-4: a text that changed on the way is checked again, three times at most", async () => {
    page.come();
    page.type("one");
    const done = session.play("l1");
    const conflict = { reason: "conflict", detail: "the text is another by now" };
    for (const next of ["two ", "three "]) {
      await settled();
      page.type(next);
      page.answer(conflict);
    }
    await settled();
    page.answer(conflict);
    await done;
    expect(page.asks("evaluate").map(({ code }) => code)).toEqual(["one", "two one", "three two one"]);
    expect(session.layer("l1").notice).toBe("The text is another by now.");
    expect(session.layer("l1").checking).toBe(false);
  });

  it("HEAR-4: another refusal is told at once", async () => {
    page.come();
    const done = session.play("l1");
    await settled();
    page.answer({ reason: "too_fast", detail: "not so fast" });
    await done;
    expect(page.asks("evaluate")).toHaveLength(1);
    expect(session.layer("l1").notice).toBe("Not so fast.");
  });

  it("HEAR-6: the tempo that code sets is asked for with it, as far as a session takes it", async () => {
    page.come();
    page.type("setcps(0.75)");
    void session.play("l1");
    await settled();
    page.answer();
    page.type("setcps(50)", "l2");
    void session.play("l2");
    await settled();
    expect(page.asks("evaluate")).toMatchObject([{ cps: 0.75 }, { cps: 16 }]);
  });

  it("HEAR-6: code that sets none asks for none, and what others play changes no tempo from here", async () => {
    page.come();
    page.type("a");
    void session.play("l1");
    await settled();
    page.socket().say({ kind: "evaluated", playing: playing("l2", "setcps(2)") });
    await settled();
    expect(page.asks("evaluate")).toMatchObject([{ cps: null }]);
    expect(page.asks("set_tempo")).toEqual([]);
  });
});

describe("who is heard", () => {
  it("HEAR-5: another tab that takes the sound silences this page, which says why and does not start again by itself", async () => {
    page.come({ playing: [playing("l1", "a")] });
    session.listen(true);
    await settled();
    engine.hushed.emit("tab");
    page.socket().say({ kind: "evaluated", playing: playing("l1", "b", 9) });
    await settled();
    expect([session.deaf, stage.played.length]).toEqual(["elsewhere", 1]);
    expect(engine.followed).toBeNull();
  });

  it("HEAR-5: one session is heard on a page at a time, at its own tempo", async () => {
    page.come({ playing: [playing("l1", "a")] });
    session.listen(true);
    const other = page.joined("s2");
    page.come({ playing: [playing("l1", "b")] });
    other.listen(true);
    await settled();
    expect([session.deaf, other.deaf]).toEqual(["other_session", null]);
    expect(engine.followed).toBe(other.tempo);
    other.leave();
  });

  it("HEAR-9: whoever may not hush everybody hushes this page alone", async () => {
    page.come({ playing: [playing("l1", "a")], role: "co_author" });
    session.listen(true);
    await settled();
    await session.hush();
    expect([page.asks("hush"), session.deaf]).toEqual([[], "hushed"]);
    expect(session.layer("l1").state).toBe("silent");
  });

  it("HEAR-9: a host's hush is everybody's", async () => {
    page.come({ playing: [playing("l1", "a")] });
    session.listen(true);
    void session.hush();
    expect(page.asks("hush")).toHaveLength(1);
    expect(session.listening).toBe(true);
  });

  it("HEAR-9: what one may not do is told in words and not asked for", async () => {
    page.come({ role: "viewer" });
    await session.play("l1");
    session.mix("l1", { mute: true });
    expect(session.barred("edit", "l1")).toBe("You are here to listen. A host can make you a co-author.");
    expect(session.layer("l1").notice).toBe(session.barred("mix"));
    expect([...page.asks("evaluate"), ...page.asks("mix_layer")]).toEqual([]);
  });

  it("HEAR-16: that nobody could be asked is told until the session is back, what it refused stays told", async () => {
    page.come();
    const refused = session.play("l2");
    await settled();
    page.answer({ reason: "too_fast", detail: "not so fast" });
    await refused;
    page.socket().drop(1006);
    await session.play("l1");
    await session.stop("l1");
    expect(session.layer("l1").notice).toContain("Not connected");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(session.layer("l1").notice).toContain("Not connected");
    page.come();
    expect(session.layer("l1").notice).toBeNull();
    expect(session.layer("l2").notice).toBe("Not so fast.");
  });

  it("HEAR-16: why one may not do something is told as long as one may not", async () => {
    page.come({ role: "viewer" });
    await session.play("l1");
    page.socket().say({ kind: "listening", listening: 3 });
    expect(session.layer("l1").notice).toBe(session.barred("evaluate", "l1"));
    page.come({ role: "co_author" });
    expect(session.layer("l1").notice).toBeNull();
  });

  it("HEAR-9: a locked layer is for those who may lock", () => {
    page.come({ layers: [{ ...bass, locked: true }], role: "co_author" });
    expect([session.barred("edit", "l1"), session.barred("chat")]).toEqual([
      "A host has locked this layer.",
      null,
    ]);
    page.socket().say({ kind: "layers", layers: [bass] });
    expect(session.barred("edit", "l1")).toBeNull();
  });
});

describe("the mix", () => {
  it("HEAR-7: a fader is heard here at once, and told to the session at a pace that it bears", async () => {
    page.come();
    for (const gain of [0.9, 0.8, 0.7]) session.mix("l1", { gain });
    expect(session.layer("l1").mix.gain).toBe(0.7);
    expect(page.asks("mix_layer").map(({ gain }) => gain)).toEqual([0.9]);
    page.answer();
    await vi.advanceTimersByTimeAsync(200);
    page.answer();
    await vi.advanceTimersByTimeAsync(200);
    expect(page.asks("mix_layer").map(({ gain }) => gain)).toEqual([0.9, 0.7]);
  });

  it("HEAR-7: meanwhile older news does not move it, afterwards the session's word holds", async () => {
    page.come();
    session.mix("l1", { gain: 0.3 });
    page.socket().say({ kind: "layers", layers: [{ ...bass, gain: 0.6 }, drums] });
    expect(session.layer("l1").mix.gain).toBe(0.3);
    page.answer({ reason: "forbidden", detail: "no" });
    await vi.advanceTimersByTimeAsync(200);
    expect(session.layer("l1").mix.gain).toBe(0.6);
  });

  it("HEAR-7: what others move is heard here", () => {
    page.come();
    page.socket().say({ kind: "layers", layers: [{ ...bass, mute: true }, drums] });
    expect(session.layer("l1").mix).toEqual({ gain: 1, mute: true, solo: false });
  });
});

describe("coming and going", () => {
  it("HEAR-10: a page joins a session once, and leaves three seconds after the last view", () => {
    page.come({ playing: [playing("l1", "a")] });
    const again = page.joined();
    expect([again, page.sockets.length]).toEqual([session, 1]);
    session.release();
    again.release();
    vi.advanceTimersByTime(2_900);
    expect(page.joined()).toBe(session);
    session.release();
    vi.advanceTimersByTime(3_000);
    expect(page.socket().readyState).toBe(3);
    const later = page.joined();
    expect(later).not.toBe(session);
    later.leave();
  });

  it("HEAR-11: after a reset editors get the new document, and what could not be saved is handed over", () => {
    page.come();
    page.type("theirs", "l2");
    page.socket().say({ kind: "saved", edits: 2 });
    page.type("mine");
    const before = session.binding("l1");
    const handed: ReadonlyMap<string, string>[] = [];
    session.rebound.on((texts) => handed.push(texts));
    page.socket().drop(4205, "your role changed");
    expect(handed).toEqual([new Map([["l1", "mine"]])]);
    expect(session.binding("l1").text).not.toBe(before.text);
    expect(session.where).toMatchObject({ trouble: "Your role changed.", comesBack: true });
  });

  it("HEAR-11: words typed into a layer while somebody removed it are handed over too", () => {
    page.come();
    page.socket().drop(1006);
    page.type("mine");
    const handed: ReadonlyMap<string, string>[] = [];
    session.rebound.on((texts) => handed.push(texts));
    vi.advanceTimersByTime(10_000);
    page.come({ layers: [drums] });
    page.socket().drop(4205, "no such layer");
    expect(handed).toEqual([new Map([["l1", "mine"]])]);
  });
});

describe("following", () => {
  const bo = { id: "bo", name: "Bo", colour: "#1d4ed8", kind: "person", role: "co_author" } as const;
  const inside = { ...bo, connections: 1, active: true, may_chat: true, waiting: false };
  const roster = (...participants: object[]) =>
    page.socket().say({ kind: "roster", participants, listening: 0 });

  it("VISIT-20: ends when who is followed goes, and does not begin again when they come back", () => {
    page.come();
    roster(inside);
    session.follow("bo");
    roster({ ...inside, active: false });
    expect(session.following).toBe("bo");
    roster({ ...inside, connections: 0 });
    roster(inside);
    expect(session.following).toBeNull();
  });
});
