// What of a session leaves this page: MIDI to a device of this machine, OSC through the server. All of it is off at first.

import type { LiveSession } from "../page/live_session.js";
import { Signal } from "../page/signal.js";
import { type Kept, type LinkSettings, readSettings, usableOffset, writeSettings } from "./link_settings.js";
import type { MidiPort, MidiPorts } from "./midi_access.js";
import { MidiOut } from "./midi_out.js";
import { musicTime } from "./music_time.js";
import { OscOut, type SendHaps } from "./osc_out.js";

const BEAT_MS = 20;

/** What the browser gives. */
export interface LinkSurroundings {
  /** Asks for MIDI; rejects with words for people. */
  askForMidi(): Promise<MidiPorts>;
  kept: Kept | null;
  now_ms?: () => number;
}

/** One session's way out of one page. */
export class LinkOut {
  /** Tells the server which page sends: of a session, one does. */
  readonly page = [...crypto.getRandomValues(new Uint8Array(8))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
  readonly changed = new Signal<void>();
  readonly settings: LinkSettings;
  #midi: MidiOut | null = null;
  #ports: MidiPorts | null = null;
  #osc: OscOut | null = null;
  #ends: (() => void)[] = [];
  #heard = new Set<string>();
  #now_ms: () => number;

  constructor(
    readonly session: LiveSession,
    readonly around: LinkSurroundings,
  ) {
    this.settings = readSettings(around.kept);
    this.#now_ms = around.now_ms ?? (() => performance.now());
  }

  /** The devices there are; null before MIDI was asked for. */
  get ports(): MidiPort[] | null {
    return this.#ports?.list() ?? null;
  }

  /** The device that is played; null for none. */
  get port(): MidiPort | null {
    return this.#midi?.port ?? null;
  }

  get sendsOsc(): boolean {
    return this.#osc !== null;
  }

  /** Why the last haps were not sent by OSC. */
  get oscTrouble(): string | null {
    return this.#osc?.trouble ?? null;
  }

  /** Asks for the devices and plays the one of last time, or the first. Call it in a click. Rejects in words. */
  async connectMidi(): Promise<void> {
    this.#ports ??= await this.around.askForMidi();
    this.#ports.onChange(() => this.#portsChanged());
    const ports = this.#ports.list();
    this.choose((ports.find(({ name }) => name === this.settings.device) ?? ports[0])?.id ?? null);
  }

  /** Plays this device from now on; null: none. */
  choose(portId: string | null): void {
    this.#midi?.silence(this.#now_ms());
    const port = this.ports?.find(({ id }) => id === portId) ?? null;
    const { settings } = this;
    this.#midi =
      port === null
        ? null
        : new MidiOut(port, {
            get clock() {
              return settings.clock;
            },
            get offset_ms() {
              return settings.offset_ms;
            },
            channelOf: (key) => this.#channelOfKey(key),
          });
    if (port !== null) this.#keep({ device: port.name });
    this.#arrange();
  }

  setClock(on: boolean): void {
    // What runs by our clock would go on by itself.
    this.#midi?.silence(this.#now_ms());
    this.#keep({ clock: on });
  }

  setOffset(offset_ms: number): void {
    this.#midi?.silence(this.#now_ms());
    this.#keep({ offset_ms: usableOffset(offset_ms) });
  }

  /** The channel of a layer by its name; null for none. */
  channelOf(name: string): number | null {
    return this.settings.channels[name] ?? null;
  }

  setChannel(name: string, channel: number | null): void {
    for (const { id, name: each } of this.session.state.layers)
      if (each === name) this.#midi?.end(this.session.layer(id).key, this.#now_ms());
    const { [name]: _, ...others } = this.settings.channels;
    this.#keep({ channels: channel === null ? others : { ...others, [name]: channel } });
  }

  /** Sends haps by OSC from now on; null: not any more. */
  sendOsc(send: SendHaps | null): void {
    this.#osc = send === null ? null : new OscOut(send, () => this.changed.emit());
    this.#arrange();
  }

  /** Nothing leaves any more; what sounds on the device ends. */
  close(): void {
    this.#midi?.silence(this.#now_ms());
    this.#midi = null;
    this.#osc = null;
    this.#arrange();
  }

  #keep(settings: Partial<LinkSettings>): void {
    Object.assign(this.settings, settings);
    writeSettings(this.around.kept, this.settings);
    this.changed.emit();
  }

  /** Only while something leaves the page the stage says more than views need, and there is a pulse. */
  #arrange(): void {
    const isOn = this.#midi !== null || this.#osc !== null;
    if (isOn && this.#ends.length === 0) this.#start();
    if (!isOn) this.#stop();
    this.changed.emit();
  }

  #start(): void {
    const { stage } = this.session.engine;
    const leaving = () => this.#midi?.silence(this.#now_ms());
    globalThis.addEventListener?.("pagehide", leaving);
    stage.send({ kind: "controls", on: true });
    const timer = setInterval(() => this.#beat(), BEAT_MS);
    this.#ends = [
      // A hidden page's timers slow down; what the stage says still comes in time.
      stage.on("levels", () => this.#beat()),
      stage.on("clock", () => this.#beat()),
      stage.on("haps", ({ layer, begin, haps }) => {
        if (!layer.startsWith(this.#scope)) return;
        this.#midi?.hear(layer, begin, haps);
        this.#osc?.hear(layer, begin, haps);
      }),
      stage.on("stopped", ({ layer }) => this.#endLayer(layer)),
      this.session.engine.changed.on(() => this.#hearAround()),
      this.session.changed.on(() => this.#hearAround()),
      () => clearInterval(timer),
      () => stage.send({ kind: "controls", on: false }),
      () => globalThis.removeEventListener?.("pagehide", leaving),
    ];
    this.#hearAround();
  }

  #stop(): void {
    for (const end of this.#ends.splice(0)) end();
    this.#heard.clear();
  }

  get #scope(): string {
    return `session:${this.session.id}/`;
  }

  #beat(): void {
    const now_ms = this.#now_ms();
    const time = musicTime(this.session.tempo, now_ms);
    if (time === null) return;
    const isHeard = (key: string) => this.#heard.has(key);
    this.#midi?.beat(time, now_ms, this.session.state.playing.size > 0, isHeard);
    this.#osc?.beat(time, now_ms, isHeard);
  }

  /** Which layers are heard here; those that fell silent, or are muted, end on the device at once. */
  #hearAround(): void {
    if (this.session.isOver) {
      this.close();
      return;
    }
    const { layers } = this.session.state;
    const isSolo = layers.some(({ solo }) => solo);
    const heard = new Set<string>();
    for (const { id, mute, solo } of layers) {
      const layer = this.session.layer(id);
      if (layer.state === "playing" && !mute && (solo || !isSolo)) heard.add(layer.key);
    }
    const gone = [...this.#heard].filter((key) => !heard.has(key));
    this.#heard = heard;
    if (heard.size === 0 && gone.length > 0) this.#midi?.silence(this.#now_ms());
    for (const key of gone) this.#endLayer(key);
  }

  #endLayer(key: string): void {
    this.#midi?.end(key, this.#now_ms());
    this.#osc?.end(key);
  }

  #channelOfKey(key: string): number | null {
    const layer = this.session.state.layers.find(({ id }) => this.#scope + id === key);
    return layer === undefined ? null : this.channelOf(layer.name);
  }

  /** A device came or went. */
  #portsChanged(): void {
    const gone = this.port !== null && !(this.ports ?? []).some(({ id }) => id === this.port?.id);
    if (gone) this.choose(null);
    else this.changed.emit();
  }
}

const outs = new WeakMap<LiveSession, LinkOut>();

/** The session's way out of this page, made when it is first asked for. */
export function linkOut(session: LiveSession, around: () => LinkSurroundings): LinkOut {
  const known = outs.get(session);
  if (known) return known;
  const made = new LinkOut(session, around());
  outs.set(session, made);
  return made;
}
