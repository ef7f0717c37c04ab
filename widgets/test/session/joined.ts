// A client in a session, with the test at the other end of its socket.

import * as encoding from "lib0/encoding";
import type { FromServer, Layer } from "../../src/protocol.js";
import { Backoff } from "../../src/session/backoff.js";
import { SessionClient } from "../../src/session/client.js";
import type { Socket } from "../../src/session/connection.js";
import type { Locks } from "../../src/session/living.js";
import { shelfOn } from "../../src/session/shelf.js";

/** A socket whose other end is the test. */
export class TestSocket implements Socket {
  readyState = 0;
  binaryType: BinaryType = "blob";
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  sent: (string | Uint8Array)[] = [];

  /** `you` is whom the server takes the client for. */
  constructor(readonly you = "ana") {}

  send(frame: string | ArrayBufferLike | Blob | ArrayBufferView): void {
    this.sent.push(frame as string | Uint8Array);
  }

  close(): void {
    this.readyState = 3;
  }

  /** Opens, and answers the client's hello. */
  open(): void {
    this.openSilently();
    this.say({ ...welcome(), you: this.you });
  }

  openSilently(): void {
    this.readyState = 1;
    this.onopen?.(new Event("open"));
  }

  say(message: FromServer | Record<string, unknown>): void {
    this.onmessage?.(new MessageEvent("message", { data: JSON.stringify(message) }));
  }

  give(step: number, update: Uint8Array): void {
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, 0);
    encoding.writeVarUint(encoder, step);
    encoding.writeVarUint8Array(encoder, update);
    const data = encoding.toUint8Array(encoder).buffer;
    this.onmessage?.(new MessageEvent("message", { data }));
  }

  drop(code: number, reason = ""): void {
    this.readyState = 3;
    this.onclose?.({ code, reason } as CloseEvent);
  }

  get edits(): Uint8Array[] {
    return this.sent.filter((f): f is Uint8Array => typeof f !== "string" && f[0] === 0 && f[1] !== 0);
  }
}

/** A browser's storage: keys in order, and a limit in characters. */
export class TestStorage {
  readonly kept = new Map<string, string>();
  limit = Number.POSITIVE_INFINITY;
  writes = 0;

  get length(): number {
    return this.kept.size;
  }

  key(index: number): string | null {
    return [...this.kept.keys()][index] ?? null;
  }

  getItem(key: string): string | null {
    return this.kept.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    if (value.length > this.limit) throw new DOMException("full", "QuotaExceededError");
    this.writes += 1;
    this.kept.set(key, value);
  }

  removeItem(key: string): void {
    this.kept.delete(key);
  }
}

/** Locks of a browser with several tabs: held until let go of. */
export class TestLocks implements Locks {
  readonly #held = new Map<string, Promise<void>>();

  async request(name: string, options: { signal?: AbortSignal }, held: () => Promise<void>): Promise<void> {
    while (this.#held.has(name)) await this.#held.get(name);
    options.signal?.throwIfAborted();
    const holding = held().then(() => void this.#held.delete(name));
    this.#held.set(name, holding);
    await holding;
  }

  async query(): Promise<{ held: { name: string }[] }> {
    return { held: [...this.#held.keys()].map((name) => ({ name })) };
  }
}

/** A client whose sockets are handed out in order. */
export function join(storage = new TestStorage(), locks: Locks | null = null, who = "ana") {
  const sockets: TestSocket[] = [];
  const stop = new AbortController();
  const client = new SessionClient({
    url: "ws://test/",
    session: "s1",
    who,
    signal: stop.signal,
    backoff: new Backoff(() => 0),
    shelf: shelfOn(storage),
    locks,
    open: () => {
      const socket = new TestSocket(who);
      sockets.push(socket);
      return socket;
    },
  });
  const socket = () => sockets[sockets.length - 1] as TestSocket;
  return { client, socket, sockets, stop, storage };
}

export const EMPTY_STATE_VECTOR = new Uint8Array([0]);

export const bass: Layer = {
  id: "l1",
  name: "bass",
  gain: 1,
  mute: false,
  solo: false,
  locked: false,
  ai: "credit",
  credit: null,
};

export function welcome(): FromServer {
  return {
    kind: "welcome",
    protocol_version: 1,
    session: "s1",
    title: "A jam",
    you: "ana",
    role: "host",
    layers: [bass],
    playing: [],
    faults: [],
    tempo: [],
    roster: [],
    listening: 0,
    door: "open",
    may_chat: true,
    chat: [],
    ai: false,
    ai_review: false,
    agents: [],
    proposals: [],
    server_ms: 0,
  };
}
