import { describe, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { CLOSE, type FromServer } from "../../src/protocol.js";
import { Backoff } from "../../src/session/backoff.js";
import { closingOf } from "../../src/session/closing.js";
import { ServerClock } from "../../src/session/server_clock.js";
import { fold, NOTHING_YET } from "../../src/session/state.js";
import { Unsaved } from "../../src/session/unsaved.js";
import { EMPTY_STATE_VECTOR, join, welcome } from "./joined.js";

describe("what is not saved", () => {
  test("SYNC-1: an edit counts as unsaved until the server says it is kept", () => {
    const { client, socket, stop } = join();
    socket().open();
    socket().give(0, EMPTY_STATE_VECTOR);
    client.replica.text("l1").insert(0, "bd");
    expect(client.where.unsaved).toBe(1);
    socket().say({ kind: "saved", edits: 1 });
    expect(client.where.unsaved).toBe(1);
    socket().say({ kind: "saved", edits: 2 });
    expect(client.where.unsaved).toBe(0);
    stop.abort();
  });

  test("SYNC-2: edits made offline are kept and go out in one frame when the server asks", () => {
    vi.useFakeTimers();
    const { client, socket, stop } = join();
    client.replica.text("l1").insert(0, "bd");
    client.replica.text("l1").insert(2, " sd");
    expect(client.where).toMatchObject({ isConnected: false, unsaved: 2 });
    socket().open();
    socket().give(0, EMPTY_STATE_VECTOR);
    expect(socket().edits).toHaveLength(1);
    socket().say({ kind: "saved", edits: 1 });
    expect(client.where).toMatchObject({ isConnected: true, unsaved: 0 });
    stop.abort();
    vi.useRealTimers();
  });

  test("SYNC-2: nothing goes out before what was unsaved, however early one types", () => {
    const { client, socket, stop } = join();
    client.replica.text("l1").insert(0, "bd");
    socket().open();
    client.replica.text("l1").insert(2, " sd");
    expect(socket().edits).toHaveLength(0);
    socket().give(0, EMPTY_STATE_VECTOR);
    expect(socket().edits).toHaveLength(1);
    client.replica.text("l1").insert(5, " hh");
    expect(socket().edits).toHaveLength(2);
    stop.abort();
  });

  test("SYNC-2: what was on its way when the connection broke is sent again", () => {
    vi.useFakeTimers();
    const { client, socket, sockets, stop } = join();
    socket().open();
    client.replica.text("l1").insert(0, "bd");
    socket().drop(1006);
    vi.advanceTimersByTime(300);
    expect(sockets).toHaveLength(2);
    socket().open();
    expect(client.where.unsaved).toBe(1);
    socket().give(0, EMPTY_STATE_VECTOR);
    socket().say({ kind: "saved", edits: 1 });
    expect(client.where.unsaved).toBe(0);
    stop.abort();
    vi.useRealTimers();
  });

  test("SYNC-4: an acknowledgement covers only what was sent before it", () => {
    const unsaved = new Unsaved(1, null);
    unsaved.add(new Uint8Array([1]), true);
    unsaved.add(new Uint8Array([2]), true);
    unsaved.saved(1);
    expect(unsaved.count).toBe(1);
  });
});

describe("the other side", () => {
  test("SYNC-5: texts of the server arrive and are not sent back", () => {
    const { client, socket, stop } = join();
    socket().open();
    const other = new Y.Doc();
    other.getText("layer:l1").insert(0, "hh*8");
    socket().give(1, Y.encodeStateAsUpdate(other));
    expect(client.replica.text("l1").toString()).toBe("hh*8");
    expect(socket().edits).toHaveLength(0);
    expect(client.where.unsaved).toBe(0);
    stop.abort();
  });

  test("SYNC-6: after RESET the document is new, and what one had typed is handed over", () => {
    const { client, socket, stop } = join();
    socket().open();
    socket().say(welcome());
    client.replica.text("l1").insert(0, "refused");
    const handed: ReadonlyMap<string, string>[] = [];
    client.reset.on((texts) => handed.push(texts));
    const old = client.replica;
    socket().drop(CLOSE.reset);
    expect(client.replica).not.toBe(old);
    expect(client.replica.text("l1").toString()).toBe("");
    expect(handed[0]?.get("l1")).toBe("refused");
    expect(client.where.unsaved).toBe(0);
    stop.abort();
  });

  test("SYNC-7: a request resolves with done and rejects with the server's words", async () => {
    const { client, socket, stop } = join();
    socket().open();
    const first = client.ask({ kind: "hush" });
    const second = client.ask({ kind: "hush" });
    socket().say({ kind: "done", request_id: 1 });
    socket().say({ kind: "refused", request_id: 2, reason: "forbidden", detail: "not you" });
    await expect(first).resolves.toBeUndefined();
    await expect(second).rejects.toThrow("not you");
    stop.abort();
    await expect(client.ask({ kind: "hush" })).rejects.toThrow("not connected");
  });
});

describe("closing", () => {
  test.each([CLOSE.ended, CLOSE.removed, CLOSE.not_found, CLOSE.unauthenticated, CLOSE.replaced])(
    "SYNC-8: after %i the client stays away and says why",
    (code) => {
      vi.useFakeTimers();
      const { client, socket, sockets, stop } = join();
      socket().open();
      socket().drop(code);
      client.hurry();
      vi.advanceTimersByTime(60_000);
      expect(sockets).toHaveLength(1);
      expect(client.where.trouble).toMatch(/\w+/);
      stop.abort();
      vi.useRealTimers();
    },
  );

  test("SYNC-8: every close code has words", () => {
    for (const code of Object.values(CLOSE)) expect(closingOf(code).text).toMatch(/\.$/);
  });

  test("SYNC-12: RESET says the server's reason as a sentence, and other closes have their own words", () => {
    const { client, socket, stop } = join();
    socket().open();
    socket().drop(CLOSE.reset, "your role has changed; join again");
    expect(client.where.trouble).toBe("Your role has changed; join again.");
    expect(closingOf(CLOSE.reset).text).toMatch(/not accepted/);
    expect(closingOf(CLOSE.ended, "bye").text).toBe("The session has ended.");
    stop.abort();
  });

  test.each([
    ["too_old", null, 1],
    ["too_fast", null, 2],
  ])("SYNC-13: only a page that is too old stays away by a refusal (%s)", (reason, request_id, sockets) => {
    vi.useFakeTimers();
    const joined = join();
    joined.socket().open();
    joined.socket().say({ kind: "refused", request_id, reason, detail: "no" });
    if (reason !== "too_old") joined.socket().drop(1006);
    joined.client.hurry();
    vi.advanceTimersByTime(60_000);
    expect(joined.sockets).toHaveLength(sockets);
    if (reason === "too_old")
      expect(joined.client.where.trouble).toBe("This page is older than the server: reload it.");
    joined.stop.abort();
    vi.useRealTimers();
  });

  test("SYNC-9: waits double up to ten seconds, and begin anew after the server was heard", () => {
    const backoff = new Backoff(() => 1);
    const waits = Array.from({ length: 8 }, () => backoff.next());
    expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    backoff.reset();
    expect(backoff.next()).toBe(250);
  });
});

describe("state", () => {
  test("SYNC-10: messages fold into what is shown", () => {
    let state = fold(NOTHING_YET, welcome());
    const playing = { layer: "l1", code: "x", by: "ana", from_cycle: 1, cps: null, before: null };
    state = fold(state, { kind: "evaluated", playing });
    expect(state.playing.get("l1")?.code).toBe("x");
    state = fold(state, { kind: "layers", layers: [] });
    expect(state.playing.size).toBe(0);
  });

  test("SYNC-10: chat, doors and the audience fold too; a line taken back is gone", () => {
    const said = { kind: "said", by: "bo", name: "Bo", colour: "#112233", text: "hi", server_ms: 0 } as const;
    let state = fold(NOTHING_YET, { ...welcome(), chat: [{ ...said, line: 1 }] } as FromServer);
    state = fold(state, { ...said, line: 2 });
    state = fold(state, { kind: "unsaid", line: 1, by: "bo" });
    expect(state.chat.map((each) => each.line)).toEqual([2]);
    state = fold(state, { kind: "door_set", door: "ask" });
    state = fold(state, { kind: "listening", listening: 7 });
    expect([state.door, state.listening]).toEqual(["ask", 7]);
    state = fold(state, { kind: "chat_set", participant: "bo", allowed: false });
    expect(state.mayChat).toBe(true);
    state = fold(state, { kind: "chat_set", participant: "ana", allowed: false });
    expect(state.mayChat).toBe(false);
  });

  test("DOOR-3: who waits knows the title alone, and when let in says hello and asks for the text again", () => {
    const { client, socket } = join();
    socket().open();
    socket().say({ kind: "waiting", session_title: "A jam" });
    expect(client.state).toEqual({ ...NOTHING_YET, title: "A jam", waiting: true });
    const before = socket().sent.length;
    socket().say({ kind: "admitted" });
    const sent = socket().sent.slice(before);
    expect(sent[0]).toEqual(new Uint8Array([0, 0, 1, 0]));
    const hello = sent.filter((each) => typeof each === "string").map((each) => JSON.parse(each));
    expect(hello).toEqual([{ kind: "hello", protocol_version: 1 }]);
    socket().say(welcome());
    expect([client.state.waiting, client.state.you]).toEqual([false, "ana"]);
  });
});

describe("the server's clock", () => {
  test("CLK-5: the quickest ways there and back decide, and the error is at most half of both", () => {
    const clock = new ServerClock();
    const offset = 5_000;
    for (const [there, back] of [
      [200, 20],
      [3, 3],
      [80, 400],
    ] as const) {
      const sentMs = 1_000;
      clock.add({ sentMs, serverMs: sentMs + there + offset, receivedMs: sentMs + there + back });
    }
    const best = new ServerClock();
    best.add({ sentMs: 1_000, serverMs: 1_003 + offset, receivedMs: 1_006 });
    expect(best.serverMs(2_000)).toBeCloseTo(2_000 + offset, 6);
    expect(clock.errorMs(1_006)).toBeCloseTo(3, 6);
    expect(clock.localMs(clock.serverMs(2_000), 2_000)).toBeCloseTo(2_000, 6);
  });
});
