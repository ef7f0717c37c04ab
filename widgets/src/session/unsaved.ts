// What this page typed and the server has not yet said to have kept. It outlives a reload of the page.

import * as Y from "yjs";

/** Where a few kilobytes outlive the page: `localStorage`, or a Map in tests. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** Counts edit frames sent against those acknowledged, and shelves what is in between. */
export class Unsaved {
  readonly #key: string;
  readonly #shelf: Shelf | null;
  #updates: { update: Uint8Array; frame: number | null }[] = [];
  #sent = 0;

  constructor(key: string, shelf: Shelf | null) {
    this.#key = key;
    this.#shelf = shelf;
  }

  /** How many edits are not kept by the server. */
  get count(): number {
    return this.#updates.length;
  }

  /** A local edit; `sent` says whether it went out at once. */
  add(update: Uint8Array, sent: boolean): void {
    this.#updates.push({ update, frame: sent ? this.#nextFrame() : null });
    this.#write();
  }

  /** A new connection counts its frames from zero, and its first one carries all that is not saved. */
  resent(): void {
    this.#sent = 0;
    const frame = this.#nextFrame();
    for (const each of this.#updates) each.frame = frame;
  }

  /** The connection is gone: nothing that was on its way counts as sent. */
  disconnected(): void {
    this.#sent = 0;
    for (const each of this.#updates) each.frame = null;
  }

  /** The server keeps the first `frames` edit frames of this connection. */
  saved(frames: number): void {
    this.#updates = this.#updates.filter(({ frame }) => frame === null || frame > frames);
    this.#write();
  }

  /** What an earlier page left behind, as one update; null when there is nothing. */
  leftBehind(): Uint8Array | null {
    const text = this.#shelf?.getItem(this.#key) ?? null;
    return text === null ? null : Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  }

  /** Everything that is not saved, forgotten here and on the shelf. */
  clear(): void {
    this.#updates = [];
    this.#write();
  }

  #nextFrame(): number {
    this.#sent += 1;
    return this.#sent;
  }

  #write(): void {
    if (this.#shelf === null) return;
    if (this.#updates.length === 0) {
      this.#shelf.removeItem(this.#key);
      return;
    }
    const merged = Y.mergeUpdates(this.#updates.map(({ update }) => update));
    this.#shelf.setItem(this.#key, btoa(Array.from(merged, (byte) => String.fromCharCode(byte)).join("")));
  }
}
