// Answers what one frame asks the page for: bytes of samples and the tuning bundle. The frame is hostile.
import { type Bridge, Unreachable } from "./bridge.js";
import type { FromStage, ToStage } from "./messages.js";

/** Thirty-two layers with many samples each stay below it. */
const MOST_FETCHES = 1024;
/** A frame needs the bundle once or twice; each answer is a copy of it. */
const MOST_BUNDLES = 20;

type Wish = Extract<FromStage, { kind: "fetch" | "need" }>;
type LoadBundle = () => Promise<string | null>;

/** Loads the bundle once for all who ask; what could not be had may be asked for again when that has settled. */
export function bundleFrom(text: string | undefined, url: string | undefined): LoadBundle {
  let loading: Promise<string | null> | null = null;
  const load = async () => {
    if (text !== undefined || url === undefined) return text ?? null;
    const response = await fetch(url).catch(() => null);
    const loaded = response?.ok === true ? await response.text().catch(() => null) : null;
    if (loaded === null) loading = null;
    return loaded;
  };
  return () => {
    loading ??= load();
    return loading;
  };
}

/** What one frame is given. */
export class Supply {
  #port: MessagePort;
  #bridge: Bridge;
  #loadBundle: LoadBundle;
  #fetches = 0;
  #bundles = 0;

  constructor(port: MessagePort, bridge: Bridge, loadBundle: LoadBundle) {
    this.#port = port;
    this.#bridge = bridge;
    this.#loadBundle = loadBundle;
  }

  answer(wish: Wish): void {
    if (wish.kind === "fetch") void this.#answerFetch(wish.request_id, wish.url);
    else void this.#answerNeed();
  }

  #post(message: ToStage, transfer: Transferable[] = []): void {
    this.#port.postMessage(message, transfer);
  }

  async #answerFetch(request_id: number, url: string): Promise<void> {
    this.#fetches++;
    try {
      if (this.#fetches > MOST_FETCHES) throw new Unreachable("too many samples at once");
      const body = await this.#bridge.fetch(url);
      this.#post({ kind: "fetched", request_id, body, error: null }, [body]);
    } catch (error) {
      const reason = error instanceof Unreachable ? error.message : "it cannot be loaded";
      this.#post({ kind: "fetched", request_id, body: null, error: reason });
    } finally {
      this.#fetches--;
    }
  }

  async #answerNeed(): Promise<void> {
    const text = ++this.#bundles > MOST_BUNDLES ? null : await this.#loadBundle();
    this.#post({ kind: "bundle", name: "xen", text });
  }
}
