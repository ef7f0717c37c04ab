// A client that speaks nothing but y-protocols over one WebSocket that it opens again and again, as y-websocket does.
import * as decoding from "lib0/decoding";
import * as encoding from "lib0/encoding";
import { WebSocket } from "ws";
import { messageYjsSyncStep2, readSyncMessage, writeSyncStep1, writeUpdate } from "y-protocols/sync";
import * as Y from "yjs";
import { Signal } from "../../src/page/signal.js";

const SYNC = 0;
const COME_BACK_AFTER_MS = 200;

export class StockClient {
  readonly doc = new Y.Doc();
  readonly changed = new Signal<void>();
  /** Whether the text came at least once, and whether it did over the present connection. */
  hasText = false;
  isSynced = false;
  readonly #open: () => WebSocket;
  #socket: WebSocket;

  constructor(open: () => WebSocket) {
    this.#open = open;
    this.#socket = this.#connect();
    this.doc.on("update", (update: Uint8Array, origin: unknown) => {
      if (origin !== this) this.#say((out) => writeUpdate(out, update));
      this.changed.emit();
    });
  }

  #connect(): WebSocket {
    const socket = this.#open();
    socket.binaryType = "arraybuffer";
    socket.on("open", () => this.#say((out) => writeSyncStep1(out, this.doc)));
    socket.on(
      "message",
      (data: ArrayBuffer, isBinary: boolean) => isBinary && this.#hear(new Uint8Array(data)),
    );
    socket.on("error", () => undefined); // a close follows
    socket.on("close", () => {
      this.isSynced = false;
      setTimeout(() => {
        this.#socket = this.#connect();
      }, COME_BACK_AFTER_MS);
    });
    return socket;
  }

  #hear(frame: Uint8Array): void {
    const input = decoding.createDecoder(frame);
    if (decoding.readVarUint(input) !== SYNC) return;
    this.#say((out) => {
      if (readSyncMessage(input, out, this.doc, this) === messageYjsSyncStep2)
        this.hasText = this.isSynced = true;
    });
    this.changed.emit();
  }

  /** Sends what is written, if anything is. */
  #say(write: (out: encoding.Encoder) => void): void {
    const out = encoding.createEncoder();
    encoding.writeVarUint(out, SYNC);
    const empty = encoding.length(out);
    write(out);
    if (encoding.length(out) > empty && this.#socket.readyState === WebSocket.OPEN)
      this.#socket.send(encoding.toUint8Array(out));
  }
}
