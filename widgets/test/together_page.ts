// The page that the browser tests of several stages drive: engines that follow one session, each with a stage of its own.
import { epochNow_ms } from "../src/page/clock.js";
import { PageEngine, type SharedTempo } from "../src/page/engine.js";
import { Signal } from "../src/page/signal.js";
import type { Anchor } from "../src/protocol.js";
import { Stage, type StageOptions } from "../src/stage/host.js";
import { goneOn, TempoMap } from "../src/time/tempo_map.js";

/** The session's server is so far ahead of this machine. */
const AHEAD_MS = 123_456;

/** A session whose cycle 0 is now. */
class Session implements SharedTempo {
  readonly changed = new Signal<void>();
  #anchors: Anchor[] = [{ server_ms: this.serverNow_ms(), cycle: 0, cps: 0.5, slope: 0 }];

  anchors() {
    return this.#anchors;
  }

  serverNow_ms(): number {
    return epochNow_ms() + AHEAD_MS;
  }

  /** Another tempo half a second from now. */
  setTempo(cps: number): void {
    const server_ms = this.serverNow_ms() + 500;
    this.#goOn([{ server_ms, cycle: this.#map.cycleAt(server_ms), cps, slope: 0 }]);
  }

  /** Evenly to another tempo, from half a second from now on. */
  ramp(cps: number, over_s: number): void {
    const server_ms = this.serverNow_ms() + 500;
    const cycle = this.#map.cycleAt(server_ms);
    const was = this.#map.cpsAt(cycle);
    const ramp = { server_ms, cycle, cps: was, slope: (cps - was) / over_s };
    const end_ms = server_ms + over_s * 1000;
    this.#goOn([ramp]);
    this.#goOn([{ server_ms: end_ms, cycle: this.#map.cycleAt(end_ms), cps, slope: 0 }]);
  }

  get #map(): TempoMap {
    return new TempoMap(this.#anchors);
  }

  #goOn(anchors: Anchor[]): void {
    this.#anchors = goneOn(this.#anchors, anchors);
    this.changed.emit();
  }
}

/** An engine with its stage, ready to sound. */
async function makeEngine(options: StageOptions): Promise<PageEngine> {
  const stage = new Stage(options);
  const engine = new PageEngine(stage);
  stage.resume();
  await new Promise<void>((ready) => stage.on("clock", ({ audio }) => audio === "running" && ready()));
  return engine;
}

/** Plays code on one engine, as from cycle 0: at once and in phase where a session is followed. */
async function play(engine: PageEngine, code: string): Promise<void> {
  const layer = engine.layer("one", "one");
  await engine.play(layer, code, { from_cycle: 0, takes_tab: false });
  if (layer.state !== "playing") throw new Error(JSON.stringify(layer.problems));
}

Object.assign(window, { makeEngine, play, Session });
