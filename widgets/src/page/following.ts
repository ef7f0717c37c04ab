// Tells the stage where a session's time is, again and again: clocks drift, and a new stage knows nothing.

import type { Anchor } from "../protocol.js";
import type { SharedTime } from "../stage/messages.js";
import { epochNow_ms } from "./clock.js";
import type { Signal } from "./signal.js";

/** A session's time as its client knows it. */
export interface SharedTempo {
  /** The tempo map, the oldest anchor first; empty while it is not known. */
  anchors(): readonly Anchor[];
  /** The server's time now, in ms; null while it is not known. */
  serverNow_ms(): number | null;
  /** The map or what is known of the server's clock changed. */
  readonly changed: Signal<void>;
}

/** Told quickly at first: the quickest of several messages says best how the clocks differ. */
const FIRST_WORDS = 10;
const FIRST_INTERVAL_MS = 40;
const INTERVAL_MS = 250;
/** Of a long map, what was longer ago concerns nobody who plays now. */
const TOLD_FROM_MS = 10_000;

/** Keeps a stage told about one session's time. */
export class Following {
  #tell: (time: SharedTime) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #words = 0;
  #unlisten: () => void = () => undefined;

  constructor(
    readonly tempo: SharedTempo,
    tell: (time: SharedTime) => void,
  ) {
    this.#tell = tell;
  }

  /** Tells from the beginning, as to somebody who knows nothing yet. */
  start(): void {
    this.stop();
    this.#words = 0;
    this.#unlisten = this.tempo.changed.on(() => this.#say());
    this.#again();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#unlisten();
  }

  #again(): void {
    this.#say();
    const wait_ms = ++this.#words < FIRST_WORDS ? FIRST_INTERVAL_MS : INTERVAL_MS;
    this.#timer = setTimeout(() => this.#again(), wait_ms);
  }

  #say(): void {
    const known = this.tempo.anchors();
    const server_ms = this.tempo.serverNow_ms();
    if (server_ms === null || known.length === 0) return;
    const first = known.findLastIndex((anchor) => anchor.server_ms < server_ms - TOLD_FROM_MS);
    this.#tell({ anchors: known.slice(Math.max(first, 0)), server_ms, epoch_ms: epochNow_ms() });
  }
}
