// Haps of a session on their way to the server, which sends them by OSC.

import type { SeenHap } from "../stage/messages.js";
import { dirtControls, type OscHap } from "./dirt.js";
import { HapQueue, type Waiting } from "./hap_queue.js";
import type { MusicTime } from "./music_time.js";

/** Haps leave this long before their time. */
const LOOK_AHEAD_MS = 300;
/** So long at least is between two batches. */
const INTERVAL_MS = 80;
/** The server takes no more at once. */
const MOST_HAPS = 64;
/** After a refusal nothing is tried for so long. */
const REST_MS = 1_500;

/** Sends a batch; rejects with an error whose message is a sentence for people. */
export type SendHaps = (haps: OscHap[]) => Promise<unknown>;

/** One page's way to the server's receivers. */
export class OscOut {
  #haps = new HapQueue();
  #sentAt_ms = Number.NEGATIVE_INFINITY;
  #restsUntil_ms = Number.NEGATIVE_INFINITY;
  #isUnderWay = false;
  /** Why the last batch was not sent; null when it was. */
  trouble: string | null = null;

  /** `onTrouble` hears that `trouble` changed. */
  constructor(
    readonly send: SendHaps,
    readonly onTrouble: () => void,
  ) {}

  /** What is known of a layer's haps from `begin` on. */
  hear(layer: string, begin: number, haps: readonly SeenHap[]): void {
    this.#haps.add(layer, begin, haps);
  }

  /** To be called many times a second; one batch at a time is under way. */
  beat(time: MusicTime, now_ms: number, isHeard: (layer: string) => boolean): void {
    if (this.#isUnderWay || now_ms - this.#sentAt_ms < INTERVAL_MS) return;
    const due = this.#haps.take(time.cycleAt(now_ms + LOOK_AHEAD_MS));
    if (now_ms < this.#restsUntil_ms) return;
    const batch = due.filter(({ layer }) => isHeard(layer)).flatMap((each) => oscOf(each, time));
    if (batch.length === 0) return;
    this.#sentAt_ms = now_ms;
    this.#isUnderWay = true;
    void this.send(batch.slice(0, MOST_HAPS)).then(
      () => this.#settled(null),
      (why: unknown) => {
        this.#restsUntil_ms = now_ms + REST_MS;
        this.#settled(why instanceof Error ? why.message : String(why));
      },
    );
  }

  /** Nothing of this layer is sent any more. */
  end(layer: string): void {
    this.#haps.drop(layer);
  }

  #settled(trouble: string | null): void {
    this.#isUnderWay = false;
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    this.onTrouble();
  }
}

function oscOf({ hap }: Waiting, time: MusicTime): OscHap[] {
  const controls = dirtControls(hap);
  if (controls === null) return [];
  const at_ms = time.msAt(hap.begin);
  const delta_s = Math.max(0, (time.msAt(hap.end) - at_ms) / 1000);
  return [{ at_ms: time.serverMsAt(at_ms), cycle: hap.begin, cps: time.cpsAt(hap.begin), delta_s, controls }];
}
