// A session as this page takes part in it.

import * as Y from "yjs";
import { Signal } from "../page/signal.js";
import {
  type Action,
  type FromServer,
  MAY,
  PROTOCOL_VERSION,
  type Refused,
  type Timing,
} from "../protocol.js";
import { SleepWatch } from "../time/sleep_watch.js";
import { type Closing, CONNECTING, SILENT, SOMEBODY_ELSE, TOO_OLD } from "./closing.js";
import { Connection, type ConnectionOptions, type Listener } from "./connection.js";
import { abandoned, browserLocks, goneTab, hold, type Locks } from "./living.js";
import { Replica } from "./replica.js";
import { ServerClock } from "./server_clock.js";
import { Compartment, type Shelf } from "./shelf.js";
import { fold, NOTHING_YET, type SessionState } from "./state.js";

/**
 * At first the clock is asked often, then less and less: who comes has to be in time soon, a page that still loads
 * answers late, and over a network that is not steady many answers tell more than few.
 */
const FIRST_PING_INTERVAL_MS = 50;
const PING_INTERVAL_GROWS = 1.08;
const PING_INTERVAL_MS = 5_000;
/** A connection that leaves a ping unanswered for so long is given up. */
const SILENT_TOO_LONG_MS = 10_000;

/** A request as one makes it; the client numbers it. */
export type Asked = { kind: string } & Record<string, string | number | boolean | null | readonly string[]>;

/** The server refused a request, for a reason that programs know and in words for people. */
export class Refusal extends Error {
  constructor(
    readonly reason: Refused["reason"],
    detail: string,
  ) {
    super(detail);
  }
}

export interface ClientOptions extends Pick<ConnectionOptions, "url" | "signal" | "open" | "backoff"> {
  /** The session's id, to keep apart what is unsaved in several. */
  session: string;
  /**
   * The participant's id on this server: what somebody else typed at this machine is never sent. Null for whoever
   * the server says first, and then there is no shelf.
   */
  who: string | null;
  /** Where unsaved edits outlive the page; null keeps them in memory only. */
  shelf?: Shelf | null;
  /** What tells which tabs are open; those of the browser unless given. */
  locks?: Locks | null;
  /** Local time in ms. */
  now?: () => number;
}

/** Whether one is connected and everything is saved. */
export interface Standing {
  isConnected: boolean;
  /** Edits that the server does not keep yet. */
  unsaved: number;
  /** Whether those outlive a reload of the page: not without a shelf, nor when it is full. */
  keptOverReload: boolean;
  /** Why there is no connection, in words; null while there is one. */
  trouble: string | null;
  /** Whether the connection comes back by itself. */
  comesBack: boolean;
}

/** Joins a session and stays in it until the signal is aborted. */
export class SessionClient {
  readonly clock = new ServerClock();
  readonly changed = new Signal<SessionState>();
  readonly standing = new Signal<Standing>();
  /** Single messages, for those who act on them, such as the player. */
  readonly heard = new Signal<FromServer>();
  /** The document was thrown away, with the texts by layer id that hold unsaved words: bind editors anew. */
  readonly reset = new Signal<ReadonlyMap<string, string>>();
  state: SessionState = NOTHING_YET;
  replica: Replica;

  readonly #options: ClientOptions;
  readonly #connection: Connection;
  readonly #now: () => number;
  readonly #shelf: Compartment | null;
  readonly #locks: Locks | null;
  #letGo: () => void = () => undefined;
  #requests = new Map<number, { done: () => void; refused: (why: Error) => void }>();
  #lastRequest = 0;
  #pings = 0;
  readonly #sleep = new SleepWatch();
  /** When the first ping was sent that has no answer yet, in local time. */
  #unansweredAt_ms: number | null = null;
  #pingTimer: ReturnType<typeof setTimeout> | undefined;
  #trouble: string | null = CONNECTING;
  #comesBack = true;
  #who: string | null;
  /** What came before the server said who this is: nothing is answered before. Null once it has. */
  #early: Uint8Array[] | null = [];

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    const { session, who, shelf = null, locks = browserLocks() } = options;
    this.#who = who;
    this.#shelf = shelf === null || who === null ? null : new Compartment(shelf, session, who);
    this.#locks = locks;
    const left = this.#shelf?.keys() ?? [];
    this.replica = this.#newReplica();
    void this.#takeOver(left);
    this.#connection = new Connection({ ...options, listener: this.#listener() });
    options.signal.addEventListener("abort", () => this.#stop(), { once: true });
  }

  get where(): Standing {
    const trouble = this.#trouble;
    const { count: unsaved, isKeptOverReload: keptOverReload } = this.replica.unsaved;
    return { isConnected: trouble === null, unsaved, keptOverReload, trouble, comesBack: this.#comesBack };
  }

  may(action: Action): boolean {
    return MAY[this.state.role].includes(action);
  }

  /** Asks for something; resolves when it is in the journal, rejects with the reason in words. */
  ask(request: Asked): Promise<void> {
    this.#lastRequest += 1;
    const id = this.#lastRequest;
    if (!this.#connection.send(JSON.stringify({ ...request, request_id: id })))
      return Promise.reject(new Error("not connected: try again when the session is back"));
    return new Promise((done, refused) => this.#requests.set(id, { done, refused }));
  }

  /** Says something that is not answered; nothing while there is no connection. */
  tell(message: { kind: "timing"; timing: Timing | null }): void {
    this.#connection.send(JSON.stringify(message));
  }

  /** Connects now rather than after the wait, for instance when the network is back. */
  hurry(): void {
    this.#connection.hurry();
  }

  #listener(): Listener {
    return {
      opened: () => this.#opened(),
      binary: (frame) => (this.#early ? void this.#early.push(frame) : this.replica.receive(frame)),
      text: (frame) => this.#hear(JSON.parse(frame) as FromServer),
      closed: (closing) => this.#closed(closing),
    };
  }

  #newReplica(): Replica {
    const replica = new Replica(this.#shelf, (frame) => this.#connection?.send(frame) ?? false);
    this.#letGo();
    if (this.#shelf !== null) this.#letGo = hold(this.#locks, this.#shelf.keyOf(replica.doc.clientID));
    replica.doc.on("update", () => this.standing.emit(this.where));
    replica.unsaved.kept.on(() => this.standing.emit(this.where));
    return replica;
  }

  /** What this participant typed in tabs that are gone becomes unsaved here. */
  async #takeOver(candidates: string[]): Promise<void> {
    const { signal } = this.#options;
    const locks = this.#locks;
    const keys = await abandoned(locks, candidates);
    this.#take(keys);
    if (locks === null) return;
    // A page that was just left may hold its key for another moment; a tab may be closed at any time.
    for (const key of candidates.filter((each) => !keys.includes(each)))
      goneTab(locks, key, signal).then(
        () => this.#take([key]),
        () => undefined, // this page was left first
      );
  }

  #take(keys: string[]): void {
    const shelf = this.#shelf;
    if (shelf === null || this.#options.signal.aborted) return;
    const left = keys.map((key) => shelf.read(key)).filter((update) => update !== null);
    if (left.length > 0) this.replica.takeOver(Y.mergeUpdates(left), keys);
  }

  #opened(): void {
    this.#trouble = null;
    this.#comesBack = true;
    this.#early = [];
    this.#greet();
    this.#pings = 0;
    this.#unansweredAt_ms = null;
    this.#ping();
    this.standing.emit(this.where);
  }

  /** Asks for the text and for JSON; once more when a host lets in who has waited. */
  #greet(): void {
    this.replica.opened();
    this.#connection.send(JSON.stringify({ kind: "hello", protocol_version: PROTOCOL_VERSION }));
  }

  #hear(message: FromServer): void {
    if (message.kind === "pong") {
      this.#unansweredAt_ms = null;
      const { client_ms: sentMs, server_ms: serverMs } = message;
      this.clock.add({ sentMs, serverMs, receivedMs: this.#now() });
    } else if (message.kind === "saved") {
      this.replica.unsaved.saved(message.edits);
      this.standing.emit(this.where);
    } else if (message.kind === "done" || message.kind === "refused") {
      this.#settle(message.request_id, message.kind === "done" ? null : message);
      if (message.kind === "refused" && message.reason === "too_old") this.#connection.leave(TOO_OLD);
    } else {
      if (message.kind === "welcome" && !this.#isMyself(message.you)) return;
      this.state = fold(this.state, message);
      if (message.kind === "admitted") this.#greet();
      this.changed.emit(this.state);
    }
    this.heard.emit(message);
  }

  /** Whether the server takes this page for whom it is; only then it gets what is unsaved here. */
  #isMyself(you: string): boolean {
    this.#who ??= you;
    if (this.#who !== you) {
      this.#connection.leave(SOMEBODY_ELSE);
      return false;
    }
    const early = this.#early ?? [];
    this.#early = null;
    for (const frame of early) this.replica.receive(frame);
    return true;
  }

  #settle(id: number | null, refused: Refused | null): void {
    const request = id === null ? undefined : this.#requests.get(id);
    if (id === null || request === undefined) return;
    this.#requests.delete(id);
    if (refused === null) request.done();
    else request.refused(new Refusal(refused.reason, refused.detail));
  }

  #closed(closing: Closing): void {
    clearTimeout(this.#pingTimer);
    this.clock.clear();
    this.#trouble = closing.text;
    this.#comesBack = closing.comeBack;
    this.replica.unsaved.disconnected();
    for (const { refused } of this.#requests.values()) refused(new Error(closing.text));
    this.#requests.clear();
    if (closing.reset) this.#startAnew();
    this.standing.emit(this.where);
  }

  /** A refused edit cannot be taken out of a document: a new one takes its place, and the words are handed over. */
  #startAnew(): void {
    const old = this.replica;
    const texts = old.unsavedTexts();
    old.unsaved.clear();
    this.replica = this.#newReplica();
    this.reset.emit(texts);
    old.dispose();
  }

  #ping(): void {
    if (this.#sleep.slept()) {
      // What was measured before is of no use, and is measured again quickly.
      this.clock.clear();
      this.#pings = 0;
      this.#unansweredAt_ms = null;
    }
    const now = this.#now();
    if (this.#unansweredAt_ms !== null && now - this.#unansweredAt_ms >= SILENT_TOO_LONG_MS) {
      this.#connection.leave(SILENT);
      return;
    }
    this.#unansweredAt_ms ??= now;
    this.#connection.send(JSON.stringify({ kind: "ping", client_ms: now }));
    this.#pings += 1;
    const waitMs = Math.min(FIRST_PING_INTERVAL_MS * PING_INTERVAL_GROWS ** this.#pings, PING_INTERVAL_MS);
    this.#pingTimer = setTimeout(() => this.#ping(), waitMs);
  }

  #stop(): void {
    clearTimeout(this.#pingTimer);
    this.replica.dispose();
    this.#letGo();
  }
}
