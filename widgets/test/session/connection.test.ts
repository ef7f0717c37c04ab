import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { CLOSE } from "../../src/protocol.js";
import { Backoff } from "../../src/session/backoff.js";
import { Connection } from "../../src/session/connection.js";
import { TestSocket } from "./joined.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const listener = {
  opened: () => undefined,
  binary: () => undefined,
  text: () => undefined,
  closed: () => undefined,
};

/** How long a page waits before each of five attempts, when each socket greets it and then closes with `code`. */
function waits(code: number, wellFor_ms = 0): number[] {
  const sockets: TestSocket[] = [];
  const stop = new AbortController();
  const open = () => {
    const socket = new TestSocket();
    sockets.push(socket);
    return socket;
  };
  new Connection({ url: "ws://test/", signal: stop.signal, listener, open, backoff: new Backoff(() => 1) });
  const waited = Array.from({ length: 5 }, () => {
    const socket = sockets.at(-1) as TestSocket;
    socket.open();
    vi.advanceTimersByTime(wellFor_ms);
    socket.say({ kind: "pong" });
    socket.drop(code);
    const before = performance.now();
    vi.advanceTimersToNextTimer();
    return performance.now() - before;
  });
  stop.abort();
  return waited;
}

describe("coming back", () => {
  test("SYNC-19: whoever the server sends away again and again waits longer each time", () => {
    expect(waits(CLOSE.too_fast)).toEqual([250, 500, 1000, 2000, 4000]);
  });

  test("SYNC-19: control: after ten seconds that went well, or when the network broke, waits are short again", () => {
    expect(waits(CLOSE.too_fast, 11_000)).toEqual([250, 250, 250, 250, 250]);
    expect(waits(1006)).toEqual([250, 250, 250, 250, 250]);
  });
});
