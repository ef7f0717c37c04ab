// How samples reach the stage: the host page fetches them, from the hosts it allows, as nobody.

/** Hosts that the bridge fetches from unless told otherwise. */
export const SAMPLE_HOSTS: readonly string[] = [
  "strudel.b-cdn.net",
  "raw.githubusercontent.com",
  "strudel-samples.alternet.site",
  "shabda.ndre.gr",
  "cdn.freesound.org",
];

const MOST_BYTES = 5_000_000;
const CACHE_BYTES = 96_000_000;
const MOST_AT_ONCE = 8;
const MOST_WAITING = 2000;
const TIME_LIMIT_MS = 20_000;
const CACHE_NAME = "algorave-samples-1";

/** Said to people when a sample is not to be had. */
export class Unreachable extends Error {}

export interface BridgeOptions {
  /** Host names, exactly. */
  hosts: readonly string[];
  /** Address, ending with `/`, below which our server serves local samples; null when it serves none. */
  localSamplesUrl: string | null;
}

interface Target {
  url: string;
  isLocal: boolean;
}

/** Where a request of the stage may go. Throws `Unreachable` with the reason in words. */
export function targetOf(
  asked: string,
  { hosts, localSamplesUrl }: BridgeOptions,
  ownOrigin: string,
): Target {
  if (asked.startsWith("local:")) return { url: localTarget(asked, localSamplesUrl), isLocal: true };
  let url: URL;
  try {
    url = new URL(asked);
  } catch {
    throw new Unreachable(`'${asked.slice(0, 80)}' is no address`);
  }
  if (url.protocol !== "https:") throw new Unreachable("samples are loaded over https only");
  const isPlain = url.username === "" && url.password === "" && url.port === "";
  if (url.origin === ownOrigin || !isPlain || !hosts.includes(url.hostname)) {
    throw new Unreachable(`${url.host || "this host"} is not on the list of sample hosts`);
  }
  url.hash = "";
  return { url: url.href, isLocal: false };
}

function localTarget(asked: string, base: string | null): string {
  if (base === null) throw new Unreachable("there is no folder of local samples here");
  const path = asked.slice("local:".length);
  const refused = new Unreachable("this is no path of a local sample");
  let plain: string;
  try {
    plain = decodeURIComponent(path);
  } catch {
    throw refused;
  }
  const steps = plain.split("/");
  const isClean = path === "" || steps.every((step) => step !== "" && !step.startsWith("."));
  // `C%233.wav` is the sample of a C sharp: encoded, the sign ends no path.
  if (!isClean || /[\\:\p{Cc}]/u.test(plain) || /[?#]/.test(path)) throw refused;
  const url = new URL(path, base);
  if (!url.href.startsWith(base)) throw refused;
  return url.href;
}

/** Reads a body up to the limit; throws `Unreachable` when it is larger. */
async function limited(response: Response): Promise<ArrayBuffer> {
  const tooLarge = new Unreachable(`the file is larger than ${MOST_BYTES / 1e6} MB`);
  if (Number(response.headers.get("content-length") ?? 0) > MOST_BYTES) throw tooLarge;
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let total = 0;
  const reader = (response.body as ReadableStream<Uint8Array<ArrayBuffer>>).getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    parts.push(read.value);
    total += read.value.byteLength;
    if (total > MOST_BYTES) {
      void reader.cancel();
      throw tooLarge;
    }
  }
  return new Blob(parts).arrayBuffer();
}

/** Fetches for the stage; what came once is kept. */
export class Bridge {
  #options: BridgeOptions;
  #kept = new Map<string, ArrayBuffer>();
  #keptBytes = 0;
  #waiting: (() => void)[] = [];
  #busy = 0;

  constructor(options: BridgeOptions) {
    this.#options = options;
  }

  /** The bytes behind an address. Throws `Unreachable` with the reason in words. */
  async fetch(asked: string): Promise<ArrayBuffer> {
    const target = targetOf(asked, this.#options, location.origin);
    const kept =
      this.#kept.get(target.url) ?? (target.isLocal ? undefined : await this.#fromDisk(target.url));
    if (kept !== undefined) return kept.slice(0);
    await this.#takeTurn();
    try {
      const body = await this.#download(target);
      this.#keep(target, body);
      return body.slice(0);
    } finally {
      this.#busy--;
      this.#waiting.shift()?.();
    }
  }

  async #takeTurn(): Promise<void> {
    if (this.#waiting.length >= MOST_WAITING) throw new Unreachable("too many samples at once");
    if (this.#busy >= MOST_AT_ONCE) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#busy++;
  }

  async #download({ url, isLocal }: Target): Promise<ArrayBuffer> {
    let response: Response;
    try {
      response = await fetch(url, {
        // Our own server wants to know who asks for local samples; nobody else learns anything.
        credentials: isLocal ? "same-origin" : "omit",
        redirect: "error",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.timeout(TIME_LIMIT_MS),
      });
    } catch {
      throw new Unreachable(`${isLocal ? "the server" : new URL(url).host} is unreachable`);
    }
    if (!response.ok) throw new Unreachable(`${new URL(url).host} answered ${response.status}`);
    return limited(response);
  }

  #keep({ url, isLocal }: Target, body: ArrayBuffer): void {
    // A local file may change at any time; its server is near.
    if (isLocal) return;
    for (const [oldest, old] of this.#kept) {
      if (this.#keptBytes + body.byteLength <= CACHE_BYTES) break;
      this.#kept.delete(oldest);
      this.#keptBytes -= old.byteLength;
    }
    this.#kept.set(url, body);
    this.#keptBytes += body.byteLength;
    void this.#toDisk(url, body);
  }

  async #fromDisk(url: string): Promise<ArrayBuffer | undefined> {
    try {
      const found = await (await caches.open(CACHE_NAME)).match(url);
      return await found?.arrayBuffer();
    } catch {
      // No cache in insecure contexts and private windows.
      return undefined;
    }
  }

  async #toDisk(url: string, body: ArrayBuffer): Promise<void> {
    try {
      await (await caches.open(CACHE_NAME)).put(url, new Response(body));
    } catch {
      // Full or forbidden: the memory has it.
    }
  }
}
