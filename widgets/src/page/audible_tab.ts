// One audible tab per browser: whoever starts sound last is heard, the others hush.

const CHANNEL = "algorave.audible";

/** Tells the other tabs of this origin that sound starts here, and hears when it starts there. */
export class AudibleTab {
  #channel: BroadcastChannel | null;
  // Not a secret; `crypto.randomUUID` is missing on plain http.
  #id = `${Date.now()}.${Math.random()}`;

  constructor(onTaken: () => void) {
    // Opaque origins and old hosts have no channel: then there is just this page.
    this.#channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(CHANNEL);
    this.#channel?.addEventListener("message", (message: MessageEvent<unknown>) => {
      if (typeof message.data === "string" && message.data !== this.#id) onTaken();
    });
  }

  take(): void {
    this.#channel?.postMessage(this.#id);
  }

  close(): void {
    this.#channel?.close();
  }
}
