import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CLOSE } from "../../src/protocol.js";
import { bass, drums, JoinedPage, playing } from "./joined_page.js";

let page: JoinedPage;

beforeEach(() => {
  vi.useFakeTimers();
  page = new JoinedPage();
});

afterEach(() => {
  page.leave();
  vi.useRealTimers();
});

const settled = () => vi.advanceTimersByTimeAsync(0);

describe("silence that comes while a text is checked", () => {
  const silences: [string, () => void][] = [
    ["the own hush", () => void page.session.hush()],
    ["the own stop", () => void page.session.stop("l1")],
    ["somebody's hush", () => page.socket().say({ kind: "hushed", by: "bo" })],
    ["a hush of the whole page", () => page.engine.hush()],
  ];
  it.each(silences)("HEAR-12: after %s nothing begins to play", async (_, silence) => {
    page.come();
    page.type("good");
    const done = page.session.play("l1");
    silence();
    await settled();
    await done;
    expect(page.asks("evaluate")).toEqual([]);
    expect(page.session.layer("l1").checking).toBe(false);
  });

  it("HEAR-12: a stop of another layer is no reason, and a later wish counts", async () => {
    page.come();
    page.type("good");
    void page.session.play("l1");
    void page.session.stop("l2");
    await settled();
    expect(page.asks("evaluate")).toHaveLength(1);
    void page.session.hush();
    void page.session.play("l1");
    await settled();
    expect(page.asks("evaluate")).toHaveLength(2);
  });

  it("HEAR-12: a text that changed on the way is not checked again after a hush", async () => {
    page.come();
    page.type("good");
    const done = page.session.play("l1");
    await settled();
    const { request_id } = page.asks("evaluate")[0] as { request_id: number };
    void page.session.hush();
    page.socket().say({ kind: "refused", request_id, reason: "conflict", detail: "another text" });
    await settled();
    await done;
    expect(page.asks("evaluate")).toHaveLength(1);
  });
});

describe("code that this page finds no way to play", () => {
  it("HEAR-13: is asked for again, three times, and is heard once it can be", async () => {
    page.come({ playing: [playing("l1", "broken")] });
    page.session.listen(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(page.plays()).toHaveLength(4);
    page.socket().say({ kind: "evaluated", playing: playing("l1", "broken again", 8) });
    await settled();
    page.stage.refuses = () => false;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(page.plays()).toHaveLength(6);
    expect(page.session.layer("l1")).toMatchObject({ state: "playing", playing_code: "broken again" });
  });

  it("HEAR-13: is not asked for again when the session has stopped it or nobody listens", async () => {
    page.come({ playing: [playing("l1", "broken"), playing("l2", "broken")] });
    page.session.listen(true);
    await settled();
    page.socket().say({ kind: "stopped", layer: "l1", by: "bo" });
    page.session.listen(false);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(page.plays()).toHaveLength(2);
  });
});

describe("a session that is over for the page", () => {
  it("HEAR-14: sounds no more, and nothing of it can be changed or heard again", async () => {
    page.come({ playing: [playing("l1", "a")] });
    page.session.listen(true);
    await settled();
    page.socket().drop(CLOSE.ended);
    expect(page.session.layer("l1").state).toBe("silent");
    expect(page.engine.followed).toBeNull();
    page.session.listen(true);
    expect([page.session.deaf, page.session.barred("edit", "l1")]).toEqual([
      "over",
      "This page is not in the session any more.",
    ]);
  });

  it("HEAR-14: control: a connection that only broke goes on sounding", async () => {
    page.come({ playing: [playing("l1", "a")] });
    page.session.listen(true);
    await settled();
    page.socket().drop(1006);
    expect(page.session.layer("l1").state).toBe("playing");
  });

  it("HEAR-14: who joins again begins anew", () => {
    page.come();
    page.socket().drop(CLOSE.removed);
    const again = page.joined();
    expect(again).not.toBe(page.session);
    expect([page.sockets.length, again.isOver]).toEqual([2, false]);
    again.leave();
  });

  it("HEAR-14: what was on its way when one left wakes nothing up", async () => {
    page.come({ playing: [playing("l1", "a")] });
    page.session.mix("l1", { gain: 0.5 });
    page.answer();
    page.session.leave();
    void page.session.play("l1");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(page.engine.keys).toEqual([]);
    expect(page.engine.followed).toBeNull();
  });
});

describe("a layer that is gone", () => {
  it("HEAR-15: can be read where it is still shown, and says why it cannot be changed", () => {
    page.come();
    page.socket().say({ kind: "layers", layers: [drums] });
    expect(page.session.barred("edit", bass.id)).toBe("This layer was removed from the session.");
    expect(page.session.barred("edit", drums.id)).toBeNull();
  });
});
