// One WebSocket that comes back by itself until it is told that there is no use.

import { Backoff } from "./backoff.js";
import { type Closing, closingOf, isOurs } from "./closing.js";

/** What a connection tells its owner. */
export interface Listener {
  opened(): void;
  binary(frame: Uint8Array): void;
  text(frame: string): void;
  closed(closing: Closing): void;
}

/** A WebSocket as far as it is used here; tests bring their own. */
export type Socket = Pick<WebSocket, "send" | "close" | "binaryType"> & {
  readonly readyState: number;
  onopen: ((event: Event) => void) | null;
  onmessage: ((event: MessageEvent) => void) | null;
  onclose: ((event: CloseEvent) => void) | null;
};

export interface ConnectionOptions {
  url: string;
  signal: AbortSignal;
  listener: Listener;
  open?: (url: string) => Socket;
  backoff?: Backoff;
}

const OPEN = 1;
/** After a close that the server gave a reason for, so much time has to go well before waits are short again. */
const PROBATION_MS = 10_000;

/** Keeps one socket to `url` open while `signal` is not aborted. */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #backoff: Backoff;
  #socket: Socket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Local time until which messages do not make waits short again. */
  #probationEndsAt_ms = Number.NEGATIVE_INFINITY;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#backoff = options.backoff ?? new Backoff();
    options.signal.addEventListener("abort", () => this.#stop(), { once: true });
    this.#connect();
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === OPEN;
  }

  /** Sends a frame; false when there is no open socket, and then nothing was sent. */
  send(frame: Uint8Array<ArrayBuffer> | string): boolean {
    if (!this.isOpen) return false;
    this.#socket?.send(frame);
    return true;
  }

  /** Connects at once instead of after the wait, for instance when the network is back; not after a close for good. */
  hurry(): void {
    if (this.#timer !== undefined) this.#connect();
  }

  /** Closes by itself, for a reason that the server told in words rather than by a close code. */
  leave(closing: Closing): void {
    const socket = this.#socket;
    if (socket === null) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close(1000);
    this.#closed(closing);
  }

  #connect(): void {
    this.#forgetTimer();
    const { url, listener, open = (address: string) => new WebSocket(address) as Socket } = this.#options;
    const socket = open(url);
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onopen = () => listener.opened();
    socket.onmessage = ({ data }: MessageEvent<ArrayBuffer | string>) => {
      if (performance.now() >= this.#probationEndsAt_ms) this.#backoff.reset();
      if (typeof data === "string") listener.text(data);
      else listener.binary(new Uint8Array(data));
    };
    socket.onclose = ({ code, reason }) => {
      // Whoever is sent away again and again would come back at once each time: every socket begins with messages.
      if (isOurs(code)) this.#probationEndsAt_ms = performance.now() + PROBATION_MS;
      this.#closed(closingOf(code, reason));
    };
  }

  #closed(closing: Closing): void {
    this.#socket = null;
    if (this.#options.signal.aborted) return;
    if (closing.comeBack) this.#timer = setTimeout(() => this.#connect(), this.#backoff.next());
    this.#options.listener.closed(closing);
  }

  #forgetTimer(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #stop(): void {
    this.#forgetTimer();
    this.#socket?.close(1000);
    this.#socket = null;
  }
}
