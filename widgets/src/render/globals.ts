// What a bare JavaScript engine lacks and the audio packages expect to find when they are loaded.
// Message ports are synchronous: a worklet's answer must not depend on when a task gets its turn.
import { Noise } from "../kit/noise.js";

type Listener = ((event: unknown) => void) | { handleEvent(event: unknown): void };

class PlainEvent {
  readonly type: string;

  constructor(type: string, fields: object = {}) {
    Object.assign(this, fields);
    this.type = type;
  }
}

class PlainEventTarget {
  #listeners = new Map<string, Set<Listener>>();

  addEventListener(type: string, listener: Listener | null): void {
    if (!listener) return;
    const known = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, known.add(listener));
  }

  removeEventListener(type: string, listener: Listener): void {
    this.#listeners.get(type)?.delete(listener);
  }

  dispatchEvent(event: PlainEvent): boolean {
    for (const listener of this.#listeners.get(event.type) ?? []) {
      if (typeof listener === "function") listener.call(this, event);
      else listener.handleEvent(event);
    }
    return true;
  }
}

class PlainDOMException extends Error {
  constructor(message = "", name = "Error") {
    super(message);
    this.name = name;
  }
}

class SynchronousPort {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  other: SynchronousPort | null = null;
  #waiting: unknown[] = [];

  postMessage(data: unknown): void {
    const { other } = this;
    if (!other) return;
    // A processor sets its handler after the node exists: what came before waits in the port.
    if (other.onmessage) other.onmessage({ data });
    else other.#waiting.push(data);
  }

  addEventListener(_type: string, listener: (event: { data: unknown }) => void): void {
    this.onmessage = listener;
    for (const data of this.#waiting.splice(0)) listener({ data });
  }

  start(): void {}
  close(): void {
    this.other = null;
  }
}

class SynchronousChannel {
  readonly port1 = new SynchronousPort();
  readonly port2 = new SynchronousPort();

  constructor() {
    this.port1.other = this.port2;
    this.port2.other = this.port1;
  }
}

/** Superdough pools nodes through weak references: strong ones make a render independent of garbage collection. */
class StrongRef<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  deref(): T {
    return this.#value;
  }
}

const scope = globalThis as unknown as Record<string, unknown>;

const lacking: Record<string, unknown> = {
  Event: PlainEvent,
  ErrorEvent: PlainEvent,
  EventTarget: PlainEventTarget,
  DOMException: PlainDOMException,
  MessageChannel: SynchronousChannel,
  queueMicrotask: (task: () => void) => void Promise.resolve().then(task),
  performance: { now: () => 0, timeOrigin: 0 },
};
for (const [name, value] of Object.entries(lacking)) scope[name] ??= value;
scope.WeakRef = StrongRef;

/** Restart `Math.random`: noise and reverbs come out the same for the same seed. */
export function seedRandom(seed: number): void {
  const noise = new Noise(seed);
  Math.random = () => noise.unit();
}
