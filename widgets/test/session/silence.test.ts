import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EMPTY_STATE_VECTOR, join } from "./joined.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Lets time pass while the server answers pings, or does not. */
function pass(people: ReturnType<typeof join>, seconds: number, answers: boolean): void {
  for (let second = 0; second < seconds; second++) {
    const { sent } = people.socket();
    const before = sent.length;
    vi.advanceTimersByTime(1_000);
    for (const each of answers ? sent.slice(before) : []) {
      const { kind, client_ms } = typeof each === "string" ? JSON.parse(each) : { kind: "", client_ms: 0 };
      if (kind === "ping") people.socket().say({ kind: "pong", client_ms, server_ms: 0 });
    }
  }
}

describe("a connection over which nothing comes", () => {
  test("SYNC-18: is given up after ten seconds, and what was on its way goes out over the next one", () => {
    const people = join();
    people.socket().open();
    people.socket().give(0, EMPTY_STATE_VECTOR);
    pass(people, 10, true);
    people.client.replica.text("l1").insert(0, "bd");
    pass(people, 20, false);
    expect(people.sockets).toHaveLength(2);
    expect(people.client.where).toMatchObject({ isConnected: false, unsaved: 1, comesBack: true });
    people.socket().open();
    people.socket().give(0, EMPTY_STATE_VECTOR);
    expect(people.socket().edits).toHaveLength(1);
    expect(people.client.where.isConnected).toBe(true);
    people.stop.abort();
  });

  test("SYNC-18: control: one that answers is kept", () => {
    const people = join();
    people.socket().open();
    pass(people, 60, true);
    expect([people.sockets.length, people.client.where.isConnected]).toEqual([1, true]);
    people.stop.abort();
  });
});
