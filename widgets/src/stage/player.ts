// The stage's inside: takes what the host page asks for, and lets layers sound.
import type { Problem } from "../engine/problem.js";
import { Heard } from "./heard.js";
import type { Master } from "./master.js";
import type { FromStage, MusicalDiff, SharedTime, ToStage } from "./messages.js";
import { type FetchBundle, Live, Trial } from "./minds.js";
import { Mixer } from "./mixer.js";
import { diffHaps } from "./musical_diff.js";
import type { Questions } from "./questions.js";
import { Scheduler, type Version } from "./scheduler.js";
import { seen } from "./seen.js";
import { type FrameClocks, SessionTime } from "./session_time.js";
import { Sounding } from "./sounding.js";
import { kitFile, Sounds } from "./sounds.js";
import { usableCps } from "./tempo.js";
import { Turns } from "./turns.js";
import type { Checked, Loaded, PlayedHap, Sketched } from "./worker_messages.js";
import type { Hands } from "./workers.js";

/** How long a first onset may wait for its samples. */
const SAMPLES_WAIT_MS = 1500;
const SAMPLE_MAPS_WAIT_MS = 2500;
/** So often code is gated that somebody else's page has found playable, when it takes too long here. */
const ATTEMPTS_AT_JUDGED = 3;
const NOTICE_AGAIN_MS = 30_000;
/** How far a comparison looks, and how much of it is drawn. */
const COMPARED_CYCLES = 8;
const DRAWN_CYCLES = 2;

/** The music of a text that says nothing, or that cannot be played. */
const SILENT: Pick<Sketched, "haps" | "cps" | "is_playable"> = { haps: [], cps: null, is_playable: true };

type Post = (message: FromStage, transfer?: Transferable[]) => void;
type Asked<K extends ToStage["kind"]> = Extract<ToStage, { kind: K }>;

interface TakenIn extends Omit<Checked, "op" | "cps" | "is_spoilt"> {
  loaded: Loaded | null;
  /** The maps of samples that the code asks for, on their way. */
  maps: Promise<unknown> | null;
}

/** Resolves with `work`, or after `limit_ms` without it. */
function atMost(work: Promise<unknown> | null, limit_ms: number): Promise<unknown> {
  return Promise.race([work, new Promise((resolve) => setTimeout(resolve, limit_ms))]);
}

/** What people are told when the player itself failed at their code. */
function ownFailure(error: unknown): Problem {
  const reason = error instanceof Error ? error.message : String(error);
  const message = `the player failed at this code: ${reason}`;
  return { kind: "runtime", message, line: null, column: null, hint: "run it again", layer: null };
}

/** All layers of one page: their code, their haps, their sound. */
export class Player {
  readonly scheduler: Scheduler;
  readonly mixer: Mixer;
  readonly heard: Heard;
  #master: Master;
  #post: Post;
  #sounds: Sounds;
  #sounding: Sounding;
  #trial: Trial;
  #live: Live;
  #sessionTime: SessionTime | null = null;
  #lastId = 0;
  /** Whether devices outside the page want to know what haps are, not only how to draw them. */
  #saysControls = false;
  /** The newest request per layer; older ones still under way come to nothing. */
  #wanted = new Map<string, number>();
  #noticed = new Map<string, number>();
  /** There is one trial Worker; waiting for samples takes no turn. */
  #turns = new Turns();
  /** Maps of samples on their way: they may name the sounds that other code asks for. */
  #maps = new Set<Promise<unknown>>();

  constructor(master: Master, hands: Hands, questions: Questions, post: Post) {
    const fetchBundle: FetchBundle = (name) => questions.fetchBundle(name);
    this.#master = master;
    this.#post = post;
    this.heard = new Heard(master.context);
    this.mixer = new Mixer(master.context, master.input);
    const whyNot = () => questions.lastRefusal;
    this.#sounds = new Sounds(master.context, (text) => this.#notice(text, null), whyNot);
    this.#trial = new Trial(hands, fetchBundle);
    this.#live = new Live(hands, fetchBundle);
    const { context } = master;
    const notice = (text: string, layer: string) => this.#notice(text, layer);
    const sounding = new Sounding(context, this.mixer, this.#sounds, notice);
    this.#sounding = sounding;
    this.scheduler = new Scheduler({
      now: () => context.currentTime,
      fetchHaps: (version, begin, end, cps) => this.#live.query(version.id, begin, end, cps),
      play: (version, hap, at_s, duration_s, cps) => sounding.play(version.layer, hap, at_s, duration_s, cps),
      known: (version, begin, end, haps) => this.#known(version, begin, end, haps),
      forget: (version) => this.#live.unload(version.id),
      recall: (version) => this.#recall(version),
      failed: (...failure) => this.#failed(...failure),
      thinned: (layer, haps_per_s) => this.#post({ kind: "thinned", layer, haps_per_s }),
    });
  }

  /** The layer whose code last ran in the audio thread. */
  get suspect(): string | null {
    return this.#sounding.suspect;
  }

  get lateHaps(): number {
    return this.#sounding.lateHaps;
  }

  /** The page's epoch clock minus this frame's, in ms, as far as it is known. */
  get pageSkew_ms(): number {
    return this.#sessionTime?.skew_ms ?? 0;
  }

  /** The WAV behind a `kit:` address. */
  kitFile(address: string): ArrayBuffer {
    return kitFile(address, this.#master.context.sampleRate);
  }

  #notice(text: string, layer: string | null): void {
    const now = performance.now();
    if (now - (this.#noticed.get(text) ?? Number.NEGATIVE_INFINITY) < NOTICE_AGAIN_MS) return;
    if (this.#noticed.size > 200) this.#noticed.clear();
    this.#noticed.set(text, now);
    this.#post({ kind: "notice", text, layer });
  }

  #known(version: Version, begin: number, end: number, haps: readonly PlayedHap[]): void {
    this.#post({
      kind: "haps",
      layer: version.layer,
      begin,
      end,
      haps: haps.map((hap) => seen(hap, this.#saysControls)),
    });
    if (haps.length > 0) void this.#sounds.preload(haps);
  }

  async #recall(version: Version): Promise<Version | null> {
    const id = ++this.#lastId;
    const { problem } = await this.#live.load(id, version.code);
    return problem === null ? { ...version, id } : null;
  }

  #failed(
    { layer, request_id }: Version,
    problem: Problem,
    at_cycle: number,
    from_cycle: number | null,
  ): void {
    const silent = from_cycle === null;
    if (silent) this.mixer.retire(layer);
    this.#post({ kind: "failed", layer, request_id, problem, silent, at_cycle, from_cycle: from_cycle ?? 0 });
  }

  /** Carries out one request of the host page. */
  async take(message: ToStage): Promise<void> {
    switch (message.kind) {
      case "evaluate":
        this.#wanted.set(message.layer, message.request_id);
        return this.#evaluate(message);
      case "check":
        return this.#check(message);
      case "compare":
        return this.#compare(message);
      case "stop":
        return this.stop(message.layer);
      case "hush":
        for (const layer of new Set([...this.scheduler.layers, ...this.#wanted.keys()])) this.stop(layer);
        return;
      case "mix":
        return this.mixer.mix(message.layer, message.settings);
      case "hearing":
        return this.mixer.hear(message.layer, message.hearing);
      case "lag":
        this.heard.lag_s = message.lag_ms / 1000;
        return;
      case "master":
        this.#master.gain = message.gain;
        return;
      case "tempo":
        return this.scheduler.setCps(message.cps);
      case "follow":
        return this.#follow(message.time);
      case "resume":
        return this.#master.context.resume();
      case "slider":
        return this.#slide(message);
      case "controls":
        this.#saysControls = message.on;
        return;
      case "capture":
        return this.#master.capture(message.on);
    }
  }

  #follow(time: SharedTime | null): void {
    if (time !== null && this.#sessionTime !== null) this.#sessionTime.take(time);
    else this.#sessionTime = time === null ? null : new SessionTime(this.#clocks, time);
    this.scheduler.follow(this.#sessionTime);
  }

  get #clocks(): FrameClocks {
    const origin_ms = performance.timeOrigin;
    return {
      epoch_ms: () => origin_ms + performance.now(),
      heardFrom_ms: () => {
        const { offset_s } = this.heard;
        return offset_s === null ? null : origin_ms + offset_s * 1000;
      },
    };
  }

  async #check({ request_id, code }: Asked<"check">): Promise<void> {
    const failed = (error: unknown) => ({
      problems: [ownFailure(error)],
      warnings: [],
      cps: null,
      is_spoilt: false,
    });
    const { problems, warnings, cps } = await this.#turns.take(() => this.#gate(code)).catch(failed);
    this.#post({ kind: "checked", request_id, problems, warnings, cps: usableCps(cps) });
  }

  async #compare({ request_id, before, after }: Asked<"compare">): Promise<void> {
    const diff = await this.#diff(before, after).catch(() => null);
    this.#post({ kind: "compared", request_id, diff });
  }

  /** Somebody else has found both texts playable: this machine may just be busy. */
  async #sketch(code: string, attempts = ATTEMPTS_AT_JUDGED): Promise<Sketched | null> {
    const names = this.#sounds.names();
    // A turn for each text: who plays in between does not wait for both.
    const found = await this.#turns.take(() => this.#trial.sketch(code, names, COMPARED_CYCLES, this.#cps));
    return found === null && attempts > 1 ? this.#sketch(code, attempts - 1) : found;
  }

  async #diff(before: string, after: string): Promise<MusicalDiff | null> {
    const sketch = async (code: string) => (code.trim() === "" ? SILENT : this.#sketch(code));
    const [old, now] = [await sketch(before), await sketch(after)];
    // What nobody knows is not told: an old text that is refused is silent, one that gave no answer is not.
    if (old === null || now === null || !now.is_playable) return null;
    const drawn = (haps: readonly PlayedHap[]) =>
      haps.filter(({ begin }) => begin < DRAWN_CYCLES).map((hap) => seen(hap, false));
    return {
      cycles: COMPARED_CYCLES,
      ...diffHaps(old.haps, now.haps),
      cps_before: old.cps,
      cps_after: now.cps,
      drawn_cycles: DRAWN_CYCLES,
      haps_before: drawn(old.haps),
      haps_after: drawn(now.haps),
    };
  }

  /** What is wrong with the code; a sound it asks for may be in a map that is still on its way. */
  async #gate(code: string): Promise<Omit<Checked, "op">> {
    const checked = await this.#trial.check(code, this.#sounds.names());
    if (this.#maps.size === 0 || !checked.problems.some(({ kind }) => kind === "sound")) return checked;
    await atMost(Promise.all(this.#maps), SAMPLE_MAPS_WAIT_MS);
    return this.#trial.check(code, this.#sounds.names());
  }

  async #evaluate(message: Asked<"evaluate">): Promise<void> {
    const id = ++this.#lastId;
    try {
      await this.#evaluateAs(id, message);
    } catch (error) {
      this.#live.unload(id);
      const { request_id, layer } = message;
      const problems = [ownFailure(error)];
      this.#post({ kind: "evaluated", request_id, layer, problems, warnings: [], playing: null });
    }
  }

  async #evaluateAs(id: number, asked: Asked<"evaluate">): Promise<void> {
    const { request_id, layer, code, cps, from_cycle } = asked;
    const isWanted = () => this.#wanted.get(layer) === request_id;
    const reply = { kind: "evaluated", request_id, layer } as const;
    const superseded: FromStage = { ...reply, problems: [], warnings: [], playing: null, superseded: true };
    // Code that is to sound from a cycle was judged by its author's page: this machine may just be busy.
    const attempts = from_cycle === null ? 1 : ATTEMPTS_AT_JUDGED;
    const taken = await this.#turns.take(async () => (isWanted() ? this.#takeIn(id, code, attempts) : null));
    if (taken === null) return this.#post(superseded);
    const { problems, warnings, loaded, maps } = taken;
    if (loaded === null) return this.#post({ ...reply, problems, warnings, playing: null });
    if (loaded.samples.length > 0) await atMost(maps, SAMPLE_MAPS_WAIT_MS);
    const version = { id, request_id, layer, code, cps: usableCps(loaded.cps ?? cps) };
    const prepare = (haps: readonly PlayedHap[]) => atMost(this.#sounds.preload(haps), SAMPLES_WAIT_MS);
    const started = await this.scheduler.start(version, prepare, isWanted, from_cycle);
    if (started === null || "problem" in started) {
      this.#live.unload(id);
      if (started === null) return this.#post(superseded);
      return this.#post({ ...reply, problems: [started.problem], warnings, playing: null });
    }
    const { labels, widgets } = loaded;
    const playing = { from_cycle: started.from_cycle, cps: version.cps ?? this.#cps, labels, widgets };
    this.#post({ ...reply, problems: [], warnings, playing });
  }

  /** Gates the code and gives it to the live Worker; `loaded` is null when there are problems. */
  async #takeIn(id: number, code: string, attempts: number): Promise<TakenIn> {
    const { problems, warnings, is_spoilt } = await this.#gate(code);
    if (attempts > 1 && problems.some(({ kind }) => kind === "time"))
      return this.#takeIn(id, code, attempts - 1);
    const refused = { warnings, loaded: null, maps: null };
    if (problems.length > 0) return { ...refused, problems };
    const loaded = await this.#live.load(id, code, is_spoilt);
    if (loaded.problem !== null) return { ...refused, problems: [loaded.problem] };
    const maps = Promise.all(loaded.samples.map((call) => this.#sounds.carryOut(call)));
    this.#maps.add(maps);
    void maps.finally(() => this.#maps.delete(maps));
    return { problems, warnings, loaded, maps };
  }

  get #cps(): number {
    return this.scheduler.tempo.cpsAt(Number.POSITIVE_INFINITY);
  }

  /** Ends a layer's sound within milliseconds. */
  stop(layer: string): void {
    this.#wanted.delete(layer);
    this.scheduler.stop(layer);
    this.mixer.retire(layer);
    this.#post({ kind: "stopped", layer });
  }

  #slide({ layer, index, value }: Asked<"slider">): void {
    const version = this.scheduler.versionOf(layer);
    if (version === null) return;
    this.#live.slide(version.id, index, value);
    this.scheduler.refresh(layer);
  }
}
