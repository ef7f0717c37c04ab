// A page in a session, with the test as the server and a stage that follows a script.

import { PageEngine } from "../../src/page/engine.js";
import { joinSession, type LiveSession } from "../../src/page/live_session.js";
import type { FromServer, Layer, Playing, Role, Timing } from "../../src/protocol.js";
import { bass, EMPTY_STATE_VECTOR, TestSocket, welcome } from "../session/joined.js";
import { ScriptedStage } from "../views/scripted_stage.js";

export const problem = {
  kind: "runtime",
  message: "no",
  line: 1,
  column: 1,
  hint: null,
  layer: null,
} as const;
export { bass };
export const drums: Layer = { ...bass, id: "l2", name: "drums" };
export const playing = (layer: string, code: string, from_cycle = 4): Playing => ({
  layer,
  code,
  by: "bo",
  from_cycle,
  cps: null,
  before: null,
});

interface Asked {
  kind: string;
  request_id: number;
  code?: string;
  gain?: number;
  timing?: Timing | null;
  cycles?: number;
}

/** One page that is in the session `s1`. */
export class JoinedPage {
  readonly stage = new ScriptedStage(() => [], [problem]);
  readonly engine = new PageEngine(this.stage);
  readonly sockets: TestSocket[] = [];
  readonly session = this.joined();

  joined(id = "s1"): LiveSession {
    const open = () => {
      const socket = new TestSocket();
      this.sockets.push(socket);
      return socket;
    };
    const where = { id, url: "ws://test/", who: "ana" };
    return joinSession({ ...where, engine: this.engine, shelf: null, locks: null, open });
  }

  leave(): void {
    this.session.leave();
    this.engine.dispose();
  }

  socket(): TestSocket {
    return this.sockets.at(-1) as TestSocket;
  }

  asked(): Asked[] {
    return this.socket().sent.flatMap((each) => (typeof each === "string" ? [JSON.parse(each)] : []));
  }

  asks(kind: string): Asked[] {
    return this.asked().filter((each) => each.kind === kind);
  }

  /** The server lets the page in. */
  come(state: { layers?: Layer[]; playing?: Playing[]; role?: Role; tempo?: number } = {}): void {
    const { layers = [bass, drums], playing: sounding = [], role = "host", tempo = 0.5 } = state;
    this.socket().openSilently();
    const map = [{ server_ms: 0, cycle: 0, cps: tempo, slope: 0 }];
    this.socket().say({ ...welcome(), layers, playing: sounding, role, tempo: map } as FromServer);
    this.socket().give(0, EMPTY_STATE_VECTOR);
  }

  /** The server does what it was asked for last, or refuses. */
  answer(refusal: { reason: string; detail: string } | null = null): void {
    const request_id = this.asked().at(-1)?.request_id;
    this.socket().say(
      refusal === null ? { kind: "done", request_id } : { kind: "refused", request_id, ...refusal },
    );
  }

  plays(): unknown[] {
    return this.stage.played.map(({ layer, code, from_cycle }) => [layer, code, from_cycle]);
  }

  type(text: string, layerId = "l1"): void {
    this.session.binding(layerId).text.insert(0, text);
  }
}
