// This page's copy of a session's document, and the frames that keep it equal to the server's.

import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from "y-protocols/awareness";
import * as Y from "yjs";
import { Signal } from "../page/signal.js";
import { LAYER_ROOT_PREFIX } from "../protocol.js";
import type { Compartment } from "./shelf.js";
import { Unsaved } from "./unsaved.js";

const SYNC = 0;
const AWARENESS = 1;
const STEP_1 = 0;
const STEP_2 = 1;
const UPDATE = 2;
const CURSOR_INTERVAL_MS = 100;

type Send = (frame: Uint8Array<ArrayBuffer>) => boolean;

/** A Yjs document with awareness. Edits go out as they are made; what is not saved is kept. */
export class Replica {
  readonly doc = new Y.Doc();
  readonly awareness = new Awareness(this.doc);
  readonly unsaved: Unsaved;
  /** The server's text has come for the first time: before that, an empty text means nothing. */
  readonly arrived = new Signal<void>();
  readonly #send: Send;
  #hasArrived = false;
  /** Whether the server has said on this connection what it has, and was given the rest. */
  #isEven = false;
  #cursorTimer: ReturnType<typeof setTimeout> | undefined;
  /** Layers that what is unsaved was typed in. */
  #touched = new Set<string>();

  constructor(shelf: Compartment | null, send: Send) {
    this.#send = send;
    this.unsaved = new Unsaved(this.doc.clientID, shelf);
    this.doc.on("update", (update: Uint8Array, origin: unknown, _: Y.Doc, { changed }: Y.Transaction) => {
      if (origin === this) return;
      if (origin !== this.unsaved) this.#forgetSaved();
      this.#touch(changed.keys());
      if (origin === this.unsaved) return;
      // Sent before what is unsaved, an edit could build on letters that the server does not have.
      this.unsaved.add(update, this.#isEven && send(frameOf(SYNC, UPDATE, update)));
    });
    this.awareness.on("update", ({ added, updated }: Record<"added" | "updated", number[]>) => {
      if ([...added, ...updated].includes(this.doc.clientID)) this.#shareCursorSoon();
    });
  }

  /** The text of a layer. */
  text(layerId: string): Y.Text {
    return this.doc.getText(LAYER_ROOT_PREFIX + layerId);
  }

  get hasArrived(): boolean {
    return this.#hasArrived;
  }

  /** Takes in what replicas that are gone left under `keys` of the shelf, as one update. */
  takeOver(left: Uint8Array, keys: string[]): void {
    const sent = this.#isEven && this.#send(frameOf(SYNC, UPDATE, left));
    this.#forgetSaved();
    this.unsaved.takeOver(left, keys, sent);
    Y.applyUpdate(this.doc, left, this.unsaved);
  }

  /** The texts, by layer id, that hold something the server does not keep; also of layers that are gone. */
  unsavedTexts(): Map<string, string> {
    if (this.unsaved.count === 0) return new Map();
    return new Map([...this.#touched].map((layerId) => [layerId, this.text(layerId).toString()]));
  }

  #forgetSaved(): void {
    if (this.unsaved.count === 0) this.#touched.clear();
  }

  #touch(types: Iterable<unknown>): void {
    const names = new Map<unknown, string>([...this.doc.share].map(([name, type]) => [type, name]));
    for (const type of types) {
      const name = names.get(type);
      if (name?.startsWith(LAYER_ROOT_PREFIX)) this.#touched.add(name.slice(LAYER_ROOT_PREFIX.length));
    }
  }

  /** A connection opened: ask for what is missing, and show where one is. */
  opened(): void {
    this.#isEven = false;
    this.#send(frameOf(SYNC, STEP_1, Y.encodeStateVector(this.doc)));
    this.#shareCursor();
  }

  /** A binary frame of the server. */
  receive(frame: Uint8Array): void {
    const decoder = decoding.createDecoder(frame);
    if (decoding.readVarUint(decoder) === AWARENESS) {
      applyAwarenessUpdate(this.awareness, decoding.readVarUint8Array(decoder), this);
      return;
    }
    const step = decoding.readVarUint(decoder);
    const payload = decoding.readVarUint8Array(decoder);
    if (step === STEP_1) {
      this.unsaved.resent();
      this.#isEven = this.#send(frameOf(SYNC, STEP_2, Y.encodeStateAsUpdate(this.doc, payload)));
    } else {
      Y.applyUpdate(this.doc, payload, this);
      if (step === STEP_2) this.#arrive();
    }
  }

  #arrive(): void {
    if (this.#hasArrived) return;
    this.#hasArrived = true;
    this.arrived.emit();
  }

  /** Leaves: other pages see the cursor go when the server closes the connection. */
  dispose(): void {
    clearTimeout(this.#cursorTimer);
    this.unsaved.dispose();
    this.awareness.destroy();
    this.doc.destroy();
  }

  #shareCursorSoon(): void {
    this.#cursorTimer ??= setTimeout(() => this.#shareCursor(), CURSOR_INTERVAL_MS);
  }

  #shareCursor(): void {
    clearTimeout(this.#cursorTimer);
    this.#cursorTimer = undefined;
    if (this.awareness.getLocalState() === null) return;
    const encoder = encoding.createEncoder();
    encoding.writeVarUint(encoder, AWARENESS);
    encoding.writeVarUint8Array(encoder, encodeAwarenessUpdate(this.awareness, [this.doc.clientID]));
    this.#send(encoding.toUint8Array(encoder));
  }
}

function frameOf(kind: number, step: number, payload: Uint8Array): Uint8Array<ArrayBuffer> {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, kind);
  encoding.writeVarUint(encoder, step);
  encoding.writeVarUint8Array(encoder, payload);
  return encoding.toUint8Array(encoder);
}
