import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { hearingOf } from "../../src/page/monitor.js";
import type { FromServer } from "../../src/protocol.js";
import { JoinedPage, playing } from "./joined_page.js";

const AHEAD = "session:s1/l1/ahead";

describe("what is heard of a session on one page", () => {
  test("MON-1: everything, one's own layers, or nothing; another page is not asked", () => {
    const own = { ...playing("l1", "bd"), by: "ana" };
    const others = playing("l2", "hh");
    const hearings = (mode: "all" | "own" | "none") =>
      [own, others].map((each) => hearingOf(mode, each, "ana"));
    expect(hearings("all")).toEqual(["mixed", "mixed"]);
    expect(hearings("own")).toEqual(["mixed", "off"]);
    expect(hearings("none")).toEqual(["off", "off"]);
    expect(hearingOf("own", undefined, "ana")).toBe("off");
  });

  let page: JoinedPage;
  beforeEach(() => {
    vi.useFakeTimers();
    page = new JoinedPage();
  });
  afterEach(() => {
    page.leave();
    vi.useRealTimers();
  });

  const hears = (layer = "session:s1/l1") =>
    page.stage.calls.filter((call) => call.startsWith(`hear ${layer} `)).at(-1);
  const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
  /** The page hears `bd` on the bass, and its text says something else by now. */
  async function withDraft(): Promise<void> {
    page.come({ playing: [playing("l1", "bd")] });
    page.session.listen(true);
    page.type("sd");
    await pass(100);
  }

  test("MON-1: who played a layer last has it, from that moment on, and nothing is told to the session", () => {
    page.come({ playing: [playing("l1", "bd"), { ...playing("l2", "hh"), by: "ana" }] });
    page.session.listen(true);
    const asked = page.asked().length;
    page.session.monitor.mode = "own";
    expect(hears()).toContain("off");
    expect(hears("session:s1/l2")).toBeUndefined();
    const mine = { ...playing("l1", "cp", 8), by: "ana" };
    page.socket().say({ kind: "evaluated", playing: mine } as FromServer);
    expect(hears()).toContain("mixed");
    expect(page.asked()).toHaveLength(asked);
  });

  test("MON-2: a draft is heard in its own voice, and what the others hear is silent here meanwhile", async () => {
    await withDraft();
    page.session.listenAhead("l1", true);
    await pass(100);
    expect(page.stage.played.at(-1)).toEqual({ layer: AHEAD, code: "sd", from_cycle: 0 });
    expect(hears(AHEAD)).toContain("always");
    expect(hears()).toContain("never");
    expect(page.asks("evaluate")).toHaveLength(0);
    page.session.listenAhead("l1", false);
    expect(page.stage.calls).toContain(`stop ${AHEAD}`);
    expect(hears()).toContain("mixed");
    expect(page.stage.played.filter(({ layer }) => layer === "session:s1/l1")).toHaveLength(1);
  });

  test("MON-2: a draft that the gate refuses is not heard, and the others' version stays", async () => {
    await withDraft();
    page.type("broken ");
    page.session.listenAhead("l1", true);
    await pass(100);
    expect(page.session.monitor.cue("l1")?.problems).toHaveLength(1);
    expect(hears()).toBeUndefined();
  });

  test("MON-3: a draft follows the text once typing rests; a broken one leaves the last good one", async () => {
    await withDraft();
    page.session.listenAhead("l1", true);
    await pass(100);
    page.type("cp ");
    await pass(300);
    page.type("hh ");
    await pass(300);
    const drafts = () => page.stage.played.filter(({ layer }) => layer === AHEAD).map(({ code }) => code);
    expect(drafts()).toEqual(["sd"]);
    await pass(400);
    expect(drafts()).toEqual(["sd", "hh cp sd"]);
    page.type("broken ");
    await pass(1_000);
    expect(hears()).toContain("never");
    expect(page.stage.calls.filter((call) => call === `stop ${AHEAD}`)).toEqual([]);
  });

  test("MON-4: once the same plays for everybody there is no draft any more", async () => {
    await withDraft();
    page.session.listenAhead("l1", true);
    await pass(100);
    const live = { ...playing("l1", "sd"), by: "ana" };
    page.socket().say({ kind: "evaluated", playing: live } as FromServer);
    await pass(10_000);
    expect(page.session.monitor.cued).toEqual([]);
    expect(hears()).toContain("mixed");
  });

  test("MON-4: a hush, silence here, the loss of the right and the layer's end each end a draft", async () => {
    const ends: (() => void)[] = [
      () => page.socket().say({ kind: "hushed", by: "bo" } as FromServer),
      () => page.session.listen(false),
      () => page.come({ role: "viewer", playing: [playing("l1", "bd")] }),
      () => page.socket().say({ kind: "layers", layers: [] } as FromServer),
    ];
    for (const end of ends) {
      page.leave();
      page = new JoinedPage();
      await withDraft();
      page.session.listenAhead("l1", true);
      await pass(100);
      expect(page.session.monitor.cued).toEqual(["l1"]);
      end();
      await pass(100);
      expect(page.session.monitor.cued).toEqual([]);
      expect(page.stage.calls).toContain(`stop ${AHEAD}`);
    }
  });

  test("MON-5: only who may play the layer hears it before the others", () => {
    page.come({ role: "viewer", playing: [playing("l1", "bd")] });
    page.session.listen(true);
    page.session.listenAhead("l1", true);
    expect(page.session.monitor.cued).toEqual([]);
    expect(page.stage.played.filter(({ layer }) => layer === AHEAD)).toEqual([]);
  });
});
