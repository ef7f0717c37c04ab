// Questions of the frame to the host page that are waiting for their answer.
import type { FromStage, ToStage } from "./messages.js";

type Fetched = Extract<ToStage, { kind: "fetched" }>;

/** Asks the host for bytes and bundles. */
export class Questions {
  #post: (message: FromStage) => void;
  #last = 0;
  #waiting = new Map<number, (answer: Fetched) => void>();
  /** Why the last bytes were not to be had; the sampler's own errors do not say. */
  lastRefusal: string | null = null;
  #bundle: ((text: string | null) => void)[] = [];

  constructor(post: (message: FromStage) => void) {
    this.#post = post;
  }

  /** The bytes behind an address. Rejects with the reason in words. */
  async fetchBytes(url: string): Promise<ArrayBuffer> {
    const request_id = ++this.#last;
    const { body, error } = await new Promise<Fetched>((settle) => {
      this.#waiting.set(request_id, settle);
      this.#post({ kind: "fetch", request_id, url });
    });
    if (body !== null) return body;
    this.lastRefusal = error ?? "it is not available";
    throw new Error(this.lastRefusal);
  }

  /** The text of a bundle that is loaded on demand. Rejects when it cannot be had. */
  async fetchBundle(name: "xen"): Promise<string> {
    const text = await new Promise<string | null>((settle) => {
      this.#bundle.push(settle);
      if (this.#bundle.length === 1) this.#post({ kind: "need", name });
    });
    if (text === null) throw new Error(`the bundle '${name}' cannot be loaded`);
    return text;
  }

  /** Whether the message was an answer, and somebody has it now. */
  answered(message: ToStage): boolean {
    if (message.kind === "fetched") {
      this.#waiting.get(message.request_id)?.(message);
      this.#waiting.delete(message.request_id);
      return true;
    }
    if (message.kind === "bundle") {
      for (const settle of this.#bundle.splice(0)) settle(message.text);
      return true;
    }
    return false;
  }
}
