// A session as a page lives in it: the client, its sound, and who is where. One per page and session.

import type { Awareness } from "y-protocols/awareness";
import type { Action, Layer as SharedLayer } from "../protocol.js";
import { type Asked, type ClientOptions, Refusal, SessionClient, type Standing } from "../session/client.js";
import { ownUndo, type SharedText } from "../session/own_undo.js";
import { Presence } from "../session/presence.js";
import { sentence } from "../session/sentence.js";
import { browserShelf, type Shelf } from "../session/shelf.js";
import type { SessionState } from "../session/state.js";
import type { MixSettings } from "../stage/messages.js";
import { Coming } from "./coming.js";
import { Conductor, type Deaf } from "./conductor.js";
import type { PageEngine } from "./engine.js";
import { FaultReports, problemOf } from "./fault_reports.js";
import type { Layer } from "./layer.js";
import { type LivePerson, peopleOf } from "./live_people.js";
import { Monitor } from "./monitor.js";
import { SessionMix } from "./session_mix.js";
import { refusalOf, SessionPlays } from "./session_plays.js";
import { SessionTempo } from "./session_tempo.js";
import { Signal } from "./signal.js";
import { tellTiming } from "./timing_reports.js";
import { Told } from "./told.js";

/** A re-run replaces the view: one stays in the session this long without one. */
const GRACE_MS = 3_000;

/** What one needs to join. */
export interface JoinOptions extends Pick<ClientOptions, "open" | "locks"> {
  /** The session's id. */
  id: string;
  /** The WebSocket's address. */
  url: string;
  /** The participant's id on this server, as its API says it. */
  who: string;
  engine: PageEngine;
  /** Where unsaved edits outlive the page; the browser's storage unless given. */
  shelf?: Shelf | null;
  /** Hear the session at once: only from a user's gesture. */
  listen?: boolean;
}

export type { LivePerson };

/** A layer's text for an editor. */
export interface Binding extends SharedText {
  awareness: Awareness;
}

/** A session that this page is in. Get one by `joinSession`. */
export class LiveSession {
  readonly id: string;
  readonly engine: PageEngine;
  readonly client: SessionClient;
  readonly presence: Presence;
  /** Anything that a view shows has changed. */
  readonly changed = new Signal<void>();
  /** The document was replaced: bind editors anew. With the texts by layer id that could not be saved. */
  readonly rebound = new Signal<ReadonlyMap<string, string>>();
  /** The session's time. */
  readonly tempo: SessionTempo;
  /** What of the session is heard on this page. */
  readonly monitor: Monitor;
  readonly #faults: FaultReports;
  readonly #conductor: Conductor;
  readonly #mix: SessionMix;
  readonly #plays: SessionPlays;
  readonly #coming: Coming;
  readonly #told = new Told();
  readonly #left = new AbortController();
  readonly #onEnd: () => void;
  #bindings = new Map<string, Binding>();
  #holders = 0;
  #grace: ReturnType<typeof setTimeout> | undefined;
  #following: string | null = null;

  /** `onEnd` is called when the session was left. */
  constructor(options: JoinOptions, onEnd: () => void) {
    const { id, url, who, engine, shelf = browserShelf(), open, locks } = options;
    this.id = id;
    this.engine = engine;
    this.#onEnd = onEnd;
    this.client = new SessionClient({
      url,
      session: id,
      who,
      signal: this.#left.signal,
      shelf,
      ...(open ? { open } : {}),
      ...(locks === undefined ? {} : { locks }),
    });
    this.presence = new Presence(this.client);
    this.tempo = new SessionTempo(this.client);
    this.#mix = new SessionMix(this.client, (layerId, refusal) => this.#mixSettled(layerId, refusal));
    this.#plays = new SessionPlays(this.client, engine);
    const may = (layerId: string) => this.barred("evaluate", layerId) === null;
    this.#faults = new FaultReports({
      playing: (layerId) => this.state.playing.get(layerId),
      may,
      isMine: ({ by }) => by === this.state.you,
      ask: (request) => void refusalOf(this.client, request),
    });
    const scope = `session:${id}`;
    this.monitor = new Monitor({
      engine,
      scope,
      state: () => this.state,
      layer: (layerId) => this.layer(layerId),
      text: (layerId) => this.binding(layerId).text.toString(),
      mayCue: may,
      onChange: () => this.changed.emit(),
    });
    this.#conductor = new Conductor(engine, scope, {
      onDeaf: () => this.#deafened(),
      isMoving: (layerId) => this.#mix.isMoving(layerId),
      onStarted: (layerId, news) => {
        this.monitor.started(layerId, news);
      },
      onBroke: (playing, news) => this.#faults.failed(playing, news),
      tempo: this.tempo,
    });
    this.#coming = new Coming(this.tempo, () => this.#count());
    this.client.changed.on((state) => this.#conduct(state));
    this.client.standing.on(() => this.#stand());
    this.client.reset.on((texts) => this.#rebind(texts));
    this.presence.changed.on(() => this.changed.emit());
    const { signal } = this.#left;
    this.client.heard.on(({ kind }) => {
      if (kind === "hushed") this.monitor.endAll();
    });
    signal.addEventListener(
      "abort",
      tellTiming(this.client, engine, () => this.listening),
      { once: true },
    );
    const hurry = () => this.client.hurry();
    // The network is back, or somebody looks at the page again: no need to wait any longer.
    globalThis.addEventListener?.("online", hurry, { signal });
    globalThis.document?.addEventListener("visibilitychange", hurry, { signal });
  }

  get state(): SessionState {
    return this.client.state;
  }

  /** Whether one is connected and all is saved. */
  get where(): Standing {
    return this.client.where;
  }

  may(action: Action): boolean {
    return this.client.may(action);
  }

  /** Whether this page is out of the session and does not come back by itself. */
  get isOver(): boolean {
    const { isConnected, comesBack } = this.where;
    return this.#left.signal.aborted || !(isConnected || comesBack);
  }

  /** Why one may not do something, for people; null when one may. A locked layer is for those who may lock. */
  barred(action: Action, layerId: string | null = null): string | null {
    const { state } = this.client;
    if (this.isOver) return "This page is not in the session any more.";
    if (state.waiting) return "A host has to let you in first.";
    if (state.you === null) return "Joining the session …";
    if (!this.may(action))
      return state.role === "viewer"
        ? "You are here to listen. A host can make you a co-author."
        : "Only a host can do this.";
    if (layerId === null) return null;
    const layer = this.#shared(layerId);
    if (layer === undefined) return "This layer was removed from the session.";
    return layer.locked && !this.may("lock") ? "A host has locked this layer." : null;
  }

  /** The page's layer of a session's layer: its sound follows the session. */
  layer(layerId: string): Layer {
    return this.#conductor.layer(layerId, this.#shared(layerId)?.name);
  }

  /** The layer's text as it stands here, with this page's undo; another one after `rebound`. */
  binding(layerId: string): Binding {
    const known = this.#bindings.get(layerId);
    if (known) return known;
    const { awareness } = this.client.replica;
    const text = this.client.replica.text(layerId);
    const binding = { text, awareness, undo: ownUndo(text) };
    this.#bindings.set(layerId, binding);
    return binding;
  }

  // -- what one does -------------------------------------------------------------------------------

  /** Checks the layer's text here and, when it can be played, asks the session to play it. Problems are the layer's. */
  async play(layerId: string): Promise<void> {
    if (this.#left.signal.aborted) return;
    const layer = this.layer(layerId);
    if (this.#tellBarred("evaluate", layerId)) return;
    this.listen(true);
    const refusal = await this.#plays.play(layerId, layer);
    if (refusal !== null) this.#tellRefusal(layer, refusal);
    // Where it is not heard, no answer of the stage ends the check.
    else if (!this.listening) this.#told.tell(layer, null);
  }

  /** The layer sounds no more, for everybody. */
  stop(layerId: string): Promise<void> {
    this.#plays.callOff(layerId);
    return this.#do(layerId, "evaluate", { kind: "stop", layer: layerId });
  }

  /** Silence: for everybody when one may, else on this page. */
  async hush(): Promise<void> {
    this.#plays.callOff();
    if (!this.may("hush")) this.listen(false);
    else if ((await refusalOf(this.client, { kind: "hush" })) !== null) this.listen(false);
  }

  /** Level, mute and solo of a layer, for everybody; heard here at once. */
  mix(layerId: string, settings: Partial<MixSettings>): void {
    if (this.#tellBarred("mix", layerId)) return;
    this.#mix.move(layerId, settings);
    this.engine.mix(this.layer(layerId), settings);
  }

  /** What is played from here begins with the next bar of so many cycles, the same bar for everybody. */
  get quantum(): number {
    return this.#plays.quantum;
  }

  set quantum(cycles: number) {
    this.#plays.quantum = cycles;
    this.changed.emit();
  }

  /** How many cycles until the layer's newest text begins; 0 when it has. */
  cyclesUntil(layerId: string): number {
    const playing = this.state.playing.get(layerId);
    return playing === undefined ? 0 : this.#coming.cyclesUntil(playing);
  }

  /** Whether the session is heard on this page. */
  get listening(): boolean {
    return this.#conductor.deaf === null;
  }

  /** Why it is not; null while it is. */
  get deaf(): Deaf | null {
    return this.#conductor.deaf;
  }

  /** Hear the session here, or not. Call it in a user's gesture. */
  listen(on: boolean): void {
    if (on === this.listening || (on && this.isOver)) return;
    if (on) this.#conductor.listen(this.client.state);
    else this.#conductor.deafen("hushed");
    this.changed.emit();
  }

  /** Hears a layer's draft here before the others do, or what they hear. Call it in a user's gesture. */
  listenAhead(layerId: string, on: boolean): void {
    if (on && this.barred("evaluate", layerId) === null) this.listen(true);
    this.monitor.listenAhead(layerId, on);
  }

  // -- people --------------------------------------------------------------------------------------

  /** Everybody in the roster, and what they do. */
  people(): LivePerson[] {
    return peopleOf(this.state, this.presence);
  }

  /** Whose cursor the views go along with; null for nobody. */
  get following(): string | null {
    return this.#following;
  }

  /** Goes along with a participant's cursor, until one does something oneself. */
  follow(participantId: string | null): void {
    if (this.#following === participantId) return;
    this.#following = participantId;
    this.changed.emit();
  }

  // -- coming and going ----------------------------------------------------------------------------

  /** One more view needs the session. */
  hold(): void {
    clearTimeout(this.#grace);
    this.#holders += 1;
  }

  /** A view needs it no more; after the last one, and a while, the page leaves. */
  release(): void {
    this.#holders -= 1;
    if (this.#holders <= 0) this.#grace = setTimeout(() => this.leave(), GRACE_MS);
  }

  /** Leaves now, whoever still needs it. What is not saved stays in the browser. */
  leave(): void {
    if (this.#left.signal.aborted) return;
    clearTimeout(this.#grace);
    this.#coming.dispose();
    this.#conductor.dispose();
    this.#faults.dispose();
    this.presence.dispose();
    this.#left.abort();
    this.#onEnd();
    // What sends the session elsewhere has to end as well.
    this.changed.emit();
  }

  #shared(layerId: string): SharedLayer | undefined {
    return this.client.state.layers.find((layer) => layer.id === layerId);
  }

  #conduct(state: SessionState): void {
    this.#conductor.conduct(state);
    for (const { id } of state.layers) this.layer(id).mark(problemOf(state.faults.get(id)));
    this.#told.review();
    this.monitor.update();
    const followed = state.participants.find(({ id }) => id === this.#following);
    if (followed === undefined || followed.connections === 0) this.#following = null;
    this.#count();
  }

  /** Says how it stands, and again at the next cycle while a layer waits for its bar. */
  #count(): void {
    this.#coming.watch(this.state.playing.values());
    this.changed.emit();
  }

  /** Once this page is out for good, nothing of the session sounds here. */
  #stand(): void {
    if (this.isOver) this.#conductor.deafen("over");
    this.#told.review();
    // A text has changed, perhaps one that is listened to.
    this.monitor.update();
    this.changed.emit();
  }

  #deafened(): void {
    this.#plays.callOff();
    this.monitor.endAll();
    this.changed.emit();
  }

  #rebind(texts: ReadonlyMap<string, string>): void {
    this.#bindings.clear();
    this.rebound.emit(texts);
    this.changed.emit();
  }

  #mixSettled(layerId: string, refusal: Error | null): void {
    if (this.#left.signal.aborted) return;
    if (refusal !== null) this.#tellRefusal(this.layer(layerId), refusal);
    this.#conductor.conduct(this.client.state);
  }

  async #do(layerId: string, action: Action, request: Asked): Promise<void> {
    if (this.#tellBarred(action, layerId)) return;
    const refusal = await refusalOf(this.client, request);
    if (refusal !== null && !this.#left.signal.aborted) this.#tellRefusal(this.layer(layerId), refusal);
  }

  /** Whether one may not do something; then it is told why, as long as that is so. */
  #tellBarred(action: Action, layerId: string): boolean {
    const barred = this.barred(action, layerId);
    if (barred === null || this.#left.signal.aborted) return barred !== null;
    this.#told.tell(this.layer(layerId), barred, () => this.barred(action, layerId) === barred);
    return true;
  }

  /** What the server refused stays told; that it could not be asked is over when it can be. */
  #tellRefusal(layer: Layer, why: Error): void {
    const isStillSo = () => why instanceof Refusal || !this.where.isConnected;
    this.#told.tell(layer, sentence(why.message), isStillSo);
  }
}

const live = new WeakMap<PageEngine, Map<string, LiveSession>>();

/** Joins a session, or goes on with it when this page is in it already. Call `release` when done. */
export function joinSession(options: JoinOptions): LiveSession {
  const ofPage = live.get(options.engine) ?? new Map<string, LiveSession>();
  live.set(options.engine, ofPage);
  // One that is over does not come back: who joins again, for instance by another invite, begins anew.
  const known = ofPage.get(options.id);
  if (known?.isOver) known.leave();
  const session = ofPage.get(options.id) ?? new LiveSession(options, () => void ofPage.delete(options.id));
  ofPage.set(options.id, session);
  session.hold();
  if (options.listen) session.listen(true);
  return session;
}
