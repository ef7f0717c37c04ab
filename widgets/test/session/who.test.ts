import { describe, expect, test, vi } from "vitest";
import type { FromServer } from "../../src/protocol.js";
import { EMPTY_STATE_VECTOR, join, welcome } from "./joined.js";

describe("who one is", () => {
  test("SYNC-16: what one typed is not sent in the name of who the server takes this browser for now", () => {
    vi.useFakeTimers();
    const { client, socket, sockets, storage, stop } = join();
    client.replica.text("l1").insert(0, "mine");
    vi.advanceTimersByTime(300);
    socket().openSilently();
    socket().give(0, EMPTY_STATE_VECTOR);
    socket().say({ ...welcome(), you: "bo" } as FromServer);
    expect(socket().edits).toEqual([]);
    expect(client.where).toMatchObject({ isConnected: false, comesBack: false, unsaved: 1 });
    expect(client.where.trouble).toContain("somebody else");
    expect([client.state.you, storage.length]).toEqual([null, 1]);
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
    stop.abort();
    vi.useRealTimers();
  });

  test("SYNC-16: control: in one's own name it goes out as soon as the server has said so", () => {
    const { client, socket, stop } = join();
    client.replica.text("l1").insert(0, "mine");
    socket().openSilently();
    socket().give(0, EMPTY_STATE_VECTOR);
    expect(socket().edits).toEqual([]);
    socket().say(welcome());
    expect(socket().edits).toHaveLength(1);
    stop.abort();
  });

  test("SYNC-17: who waits sees nothing but the title, and asks anew once let in", () => {
    const { client, socket, stop } = join();
    socket().openSilently();
    const hellos = () =>
      socket().sent.filter((each) => typeof each === "string" && each.includes("hello")).length;
    socket().say({ kind: "waiting", session_title: "A jam" });
    expect(client.state).toMatchObject({ waiting: true, title: "A jam", layers: [] });
    socket().say({ kind: "admitted" });
    expect(hellos()).toBe(2);
    socket().say(welcome());
    expect(client.state).toMatchObject({ waiting: false, you: "ana" });
    stop.abort();
  });
});
