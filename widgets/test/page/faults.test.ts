import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { faultReport } from "../../src/page/fault_reports.js";
import type { FromServer } from "../../src/protocol.js";
import { JoinedPage, playing, problem } from "./joined_page.js";

const KEY = "session:s1/l1";

describe("code that fails while it sounds", () => {
  test("FAULT-6: what is told is one line in bounds; what is this machine's fault is not told", () => {
    const live = playing("l1", "bd");
    const long = { ...problem, message: `\u202ea\nb ${"x".repeat(600)}`, line: 0 };
    const report = faultReport(live, { problem: long, at_cycle: -1 });
    expect(report).toMatchObject({ kind: "report_fault", from_cycle: 4, at_cycle: 0, line: null, column: 1 });
    expect(report?.message).toHaveLength(500);
    expect(report?.message).toMatch(/^a b x/);
    for (const kind of ["time", "memory"] as const)
      expect(faultReport(live, { problem: { ...problem, kind }, at_cycle: 9 })).toBeNull();
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

  /** The stage of this page says that the bass has failed. */
  async function fail(by: string, role: "host" | "viewer" = "host", kind: "runtime" | "time" = "runtime") {
    page.come({ role, playing: [{ ...playing("l1", "bd"), by }] });
    page.session.listen(true);
    await vi.advanceTimersByTimeAsync(10);
    const broken = { ...problem, kind };
    const news = { layer: KEY, request_id: 1, problem: broken, silent: true, at_cycle: 24, from_cycle: 0 };
    page.stage.emit({ kind: "failed", ...news, plays: null });
  }
  const reports = () => page.asks("report_fault");

  test("FAULT-6: its author's page says so at once, another one when that has said nothing", async () => {
    await fail("ana");
    expect(reports()).toMatchObject([{ from_cycle: 4, at_cycle: 24, message: "no", line: 1 }]);
    page.leave();
    page = new JoinedPage();
    await fail("bo");
    expect(reports()).toEqual([]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(reports()).toHaveLength(1);
  });

  test("FAULT-6: nobody says twice what was said, nor without the right", async () => {
    await fail("bo");
    const fault = { layer: "l1", by: "bo", at_cycle: 24, message: "no", hint: null, line: 1, column: 1 };
    page.socket().say({ kind: "failed", fault, playing: null } as FromServer);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(reports()).toEqual([]);
    page.leave();
    page = new JoinedPage();
    await fail("bo", "viewer");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(reports()).toEqual([]);
  });

  test("FAULT-6: what this machine was too busy for is played again here", async () => {
    await fail("bo", "host", "time");
    const played = page.stage.played.length;
    await vi.advanceTimersByTimeAsync(6_000);
    expect(reports()).toEqual([]);
    expect(page.plays().slice(played)).toEqual([[KEY, "bd", 4]]);
  });

  test("FAULT-7: a page where it did not fail, or where nothing is heard, shows the same mark and falls silent", async () => {
    const fault = { layer: "l1", by: "bo", at_cycle: 24, message: "no", hint: null, line: 2, column: 7 };
    page.come({ playing: [playing("l1", "bd"), playing("l2", "hh")] });
    page.session.listen(true);
    await vi.advanceTimersByTimeAsync(10);
    page.socket().say({ kind: "failed", fault, playing: null } as FromServer);
    const layer = page.session.layer("l1");
    expect(layer.problems).toMatchObject([{ message: "no", line: 2, column: 7 }]);
    expect(page.stage.calls).toContain(`stop ${KEY}`);
    expect(page.stage.calls).not.toContain("stop session:s1/l2");
    page.socket().say({ kind: "evaluated", playing: playing("l1", "cp", 40) } as FromServer);
    await vi.advanceTimersByTimeAsync(10);
    expect(layer.problems).toEqual([]);
  });

  test("FAULT-7: what it gives way to plays on", async () => {
    const fault = { layer: "l1", by: "bo", at_cycle: 12, message: "no", hint: null, line: 2, column: 7 };
    page.come({ playing: [playing("l1", "bd", 8)] });
    page.session.listen(true);
    await vi.advanceTimersByTimeAsync(10);
    page.socket().say({ kind: "failed", fault, playing: playing("l1", "before", 2) } as FromServer);
    await vi.advanceTimersByTimeAsync(10);
    expect(page.plays().at(-1)).toEqual([KEY, "before", 2]);
    expect(page.session.layer("l1").problems).toMatchObject([{ message: "no", line: 2, column: 7 }]);
  });

  test("FAULT-7: what the gate says of another text since stays, whatever else is news", async () => {
    const fault = { layer: "l1", by: "bo", at_cycle: 24, message: "gone", hint: null, line: 2, column: 7 };
    page.come({ playing: [playing("l1", "bd")] });
    page.socket().say({ kind: "failed", fault, playing: null } as FromServer);
    page.type("broken ");
    void page.session.play("l1");
    await vi.advanceTimersByTimeAsync(10);
    const layer = page.session.layer("l1");
    expect(layer.problems).toMatchObject([{ message: "no" }]);
    page.socket().say({ kind: "listening", listening: 3 });
    expect(layer.problems).toMatchObject([{ message: "no" }]);
  });

  test("PIECE-7: who comes before a layer's new text begins hears what the others hear until then", async () => {
    const before = { code: "old", by: "bo", from_cycle: 2 };
    for (const [from_cycle, heard] of [
      [64, ["old", "new"]],
      [16, ["new"]],
    ] as const) {
      page.leave();
      page = new JoinedPage();
      page.come({ playing: [{ ...playing("l1", "new", from_cycle), before }] });
      // Half a minute after the server's cycle 0: it is cycle 15 and some, of two seconds each.
      for (let ping = 0; ping < 8; ping++) {
        const { client_ms } = page.asks("ping").at(-1) as unknown as { client_ms: number };
        page.socket().say({ kind: "pong", client_ms, server_ms: 33_000 + client_ms } as FromServer);
        await vi.advanceTimersByTimeAsync(60);
      }
      page.session.listen(true);
      await vi.advanceTimersByTimeAsync(10);
      expect(page.plays().map((each) => (each as string[])[1])).toEqual(heard);
    }
  });
});
