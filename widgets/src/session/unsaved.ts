// What this page typed and the server has not yet said to have kept. It outlives a reload of the page.

import * as Y from "yjs";
import { Signal } from "../page/signal.js";
import type { Compartment } from "./shelf.js";

/** How long an edit may be in memory only: writing all that is unsaved at each key is too much work. */
const WRITE_AFTER_MS = 250;

interface Edits {
  update: Uint8Array;
  /** How many edits these are, merged. */
  count: number;
  /** The frame that carried them, counted from the connection's start; null while they have not gone out. */
  frame: number | null;
}

/** Counts edit frames sent against those acknowledged, and shelves what is in between. */
export class Unsaved {
  /** Whether edits outlive a reload, when that has changed. */
  readonly kept = new Signal<boolean>();
  readonly #key: string;
  readonly #shelf: Compartment | null;
  readonly #leaving = () => this.#write();
  #edits: Edits[] = [];
  #sent = 0;
  #writing: ReturnType<typeof setTimeout> | undefined;
  #isKept: boolean;
  /** Keys of replicas that are gone; theirs is unsaved here now. */
  #takenOver: string[] = [];

  /** For the replica with this Yjs client id; without a shelf all is in memory only. */
  constructor(replica: number, shelf: Compartment | null) {
    this.#key = shelf?.keyOf(replica) ?? "";
    this.#shelf = shelf;
    this.#isKept = shelf !== null;
    if (typeof window !== "undefined") window.addEventListener("pagehide", this.#leaving);
  }

  /** How many edits are not kept by the server. */
  get count(): number {
    return this.#edits.reduce((sum, { count }) => sum + count, 0);
  }

  /** Whether what is not saved outlives a reload of the page. */
  get isKeptOverReload(): boolean {
    return this.#isKept;
  }

  /** A local edit; `sent` says whether it went out at once. */
  add(update: Uint8Array, sent: boolean): void {
    this.#edits.push({ update, count: 1, frame: sent ? this.#nextFrame() : null });
    this.#writeSoon();
  }

  /** Edits that replicas which are gone left under `keys`; the keys go once the edits are under the own one. */
  takeOver(update: Uint8Array, keys: string[], sent: boolean): void {
    this.#takenOver.push(...keys);
    this.add(update, sent);
  }

  /** A new connection counts its frames from zero, and its first one carries all that is not saved. */
  resent(): void {
    this.#sent = 0;
    const frame = this.#nextFrame();
    for (const each of this.#edits) each.frame = frame;
  }

  /** The connection is gone: nothing that was on its way counts as sent. */
  disconnected(): void {
    this.#sent = 0;
    for (const each of this.#edits) each.frame = null;
  }

  /** The server keeps the first `frames` edit frames of this connection. */
  saved(frames: number): void {
    this.#edits = this.#edits.filter(({ frame }) => frame === null || frame > frames);
    if (this.#edits.length === 0) this.#write();
    else this.#writeSoon();
  }

  /** Everything that is not saved, forgotten here and on the shelf. */
  clear(): void {
    this.#edits = [];
    this.#write();
  }

  /** The page leaves: what is not saved is on the shelf from now on. */
  dispose(): void {
    if (typeof window !== "undefined") window.removeEventListener("pagehide", this.#leaving);
    this.#write();
  }

  #nextFrame(): number {
    this.#sent += 1;
    return this.#sent;
  }

  #writeSoon(): void {
    if (this.#shelf !== null) this.#writing ??= setTimeout(() => this.#write(), WRITE_AFTER_MS);
  }

  #write(): void {
    clearTimeout(this.#writing);
    this.#writing = undefined;
    if (this.#shelf === null) return;
    this.#mergeUnsent();
    const isKept = this.#put(this.#shelf);
    if (isKept) for (const key of this.#takenOver.splice(0)) this.#shelf.remove(key);
    if (isKept === this.#isKept) return;
    this.#isKept = isKept;
    this.kept.emit(isKept);
  }

  #put(shelf: Compartment): boolean {
    if (this.#edits.length === 0) return shelf.remove(this.#key);
    return shelf.write(this.#key, Y.mergeUpdates(this.#edits.map(({ update }) => update)));
  }

  /** Those that go out together anyway become one, so that a long time offline does not make writing slow. */
  #mergeUnsent(): void {
    const unsent = this.#edits.filter(({ frame }) => frame === null);
    if (unsent.length < 2) return;
    const update = Y.mergeUpdates(unsent.map((each) => each.update));
    const count = unsent.reduce((sum, each) => sum + each.count, 0);
    this.#edits = [...this.#edits.filter(({ frame }) => frame !== null), { update, count, frame: null }];
  }
}
