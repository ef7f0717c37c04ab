// Which sounds there are: synthesisers, our kit, and packs that come through the host page when they can.
import * as dough from "superdough";
import { renderKit } from "../kit/kit.js";
import { BANK_ALIASES, DRUM_ALIASES, findKitSound, KIT_NAMES, KIT_PITCHED } from "../kit/names.js";
import { encodeWav } from "../kit/wav.js";
import { type Pack, packsFor, standInFor } from "./packs.js";
import type { PlayedHap, SampleCall } from "./worker_messages.js";

/** The most samples that one look-ahead loads. */
const MOST_PRELOADED = 64;
const RESTS = ["-", "~", "_", ""];

type Value = Record<string, unknown>;

/** The full name of the sound a hap asks for. */
export function soundName(value: Value): string {
  const { s, bank } = value;
  const name = typeof s === "string" ? s : "triangle";
  return typeof bank === "string" && bank !== "" ? `${bank}_${name}` : name;
}

function kitAddresses(name: string): string[] | Record<string, string[]> {
  const notes = KIT_PITCHED[name.toLowerCase()];
  if (notes !== undefined) {
    return Object.fromEntries(notes.map((note, index) => [note, [`kit:${name}/${index}`]]));
  }
  const { variants } = findKitSound(name) as { variants: number };
  return Array.from({ length: variants }, (_, index) => `kit:${name}/${index}`);
}

/** The bytes behind a `kit:` address as a WAV file; throws a RangeError for one that the kit does not have. */
export function kitFile(address: string, sampleRate: number): ArrayBuffer {
  const [name = "", variant = "0"] = address.slice("kit:".length).split("/");
  return encodeWav([renderKit(decodeURIComponent(name), Number(variant), sampleRate)], sampleRate);
}

/** Everything that can sound, and what it takes to make it so. */
export class Sounds {
  #context: AudioContext;
  #notice: (text: string) => void;
  #whyNot: () => string | null;
  #packs = new Map<string, Promise<boolean>>();
  #calls = new Map<string, Promise<void>>();
  #settled = new Map<string, Promise<string | null>>();

  /** `whyNot` tells why the last bytes were not to be had. */
  constructor(context: AudioContext, notice: (text: string) => void, whyNot: () => string | null) {
    this.#context = context;
    this.#notice = notice;
    this.#whyNot = whyNot;
    dough.setLogger(() => undefined);
    dough.registerSynthSounds();
    dough.registerZZFXSounds();
    for (const name of [...KIT_NAMES, ...Object.keys(DRUM_ALIASES)]) this.#registerKit(name);
    dough.registerSamplesPrefix("local:", async () => {
      const map = (await (await fetch("local:")).json()) as Value;
      delete map._base;
      return [map, "local:"];
    });
  }

  #registerKit(name: string): void {
    dough.registerSampleSource(name, kitAddresses(name), { tag: "kit" });
  }

  /** Names of all sounds that are here now. */
  names(): string[] {
    return Object.keys(dough.soundMap.get());
  }

  #loadPack(pack: Pack): Promise<boolean> {
    const known = this.#packs.get(pack.map);
    if (known !== undefined) return known;
    const loading = dough.samples(pack.map, pack.base).then(
      () => true,
      () => false,
    );
    this.#packs.set(pack.map, loading);
    // What is unreachable now may be reachable when somebody plays it again.
    void loading.then((came) => came || this.#packs.delete(pack.map));
    return loading;
  }

  /** Carries out a `samples()` call. What cannot be had is said in words; nothing fails. */
  carryOut(call: SampleCall): Promise<void> {
    const key = JSON.stringify(call);
    const known = this.#calls.get(key);
    if (known !== undefined) return known;
    const { map, base } = call;
    const carried = dough.samples(map, base ?? undefined).catch((error: unknown) => {
      this.#calls.delete(key);
      const reason = this.#whyNot() ?? (error instanceof Error ? error.message : String(error));
      const what = typeof map === "string" ? map : (base ?? "this map");
      this.#notice(`the samples of ${what} cannot be loaded: ${reason}`);
    });
    this.#calls.set(key, carried);
    return carried;
  }

  /** The name under which a sound can be played now, or null. */
  ready(name: string): string | null {
    if (RESTS.includes(name)) return null;
    return dough.getSound(name) === undefined ? null : name;
  }

  /** Makes a sound playable as well as can be, under its own name; null when nothing comes near. */
  settle(name: string): Promise<string | null> {
    if (RESTS.includes(name)) return Promise.resolve(null);
    if (this.ready(name) !== null) return Promise.resolve(name);
    const key = name.toLowerCase();
    const known = this.#settled.get(key);
    if (known !== undefined) return known;
    const settling = this.#find(name);
    this.#settled.set(key, settling);
    void settling.then(() => this.#settled.delete(key));
    return settling;
  }

  async #find(name: string): Promise<string | null> {
    const came = await Promise.all(packsFor(name).map((pack) => this.#loadPack(pack)));
    this.#followAlias(name);
    if (this.ready(name) !== null) return name;
    const isOffline = came.includes(false);
    if (findKitSound(name) !== null) {
      this.#registerKit(name);
      this.#notice(
        `${name} ${isOffline ? "cannot be loaded" : "is not in its pack"}: playing the built-in kit`,
      );
      return name;
    }
    const standIn = standInFor(name);
    if (standIn !== null) {
      dough.registerSound(name, dough.getSound(standIn)?.onTrigger, { type: "synth" });
      this.#notice(`${name} is not available here: playing ${standIn} instead`);
      return name;
    }
    this.#notice(
      isOffline ? `${name} cannot be loaded: its pack is unreachable` : `there is no sound named ${name}`,
    );
    return null;
  }

  /** `tr909_bd` is the `RolandTR909_bd` of the pack. */
  #followAlias(name: string): void {
    const cut = name.lastIndexOf("_");
    const bank = BANK_ALIASES[name.slice(0, Math.max(cut, 0)).toLowerCase()];
    if (bank === undefined) return;
    const sound = dough.getSound(`${bank}${name.slice(cut)}`);
    if (sound !== undefined) dough.registerSound(name, sound.onTrigger, sound.data);
  }

  /** Loads what these haps need, so that their onsets are not lost. Never rejects. */
  async preload(haps: readonly PlayedHap[]): Promise<void> {
    await Promise.all(
      [...new Set(haps.map(({ value }) => soundName(value)))].map((name) => this.settle(name)),
    );
    const addresses = new Map<string, string>();
    for (const { value } of haps) {
      const address = this.#addressOf(value);
      if (address !== null && addresses.size < MOST_PRELOADED) addresses.set(address, soundName(value));
    }
    const loads = [...addresses].map(([address, name]) => this.#loadSample(address, name));
    await Promise.all(loads);
  }

  #addressOf(value: Value): string | null {
    const name = soundName(value);
    const data = this.ready(name) === null ? undefined : dough.getSound(name)?.data;
    if (data?.type !== "sample" || data.samples === undefined) return null;
    try {
      return dough.getSampleInfo({ ...value, s: name }, data.samples).url;
    } catch {
      return null;
    }
  }

  async #loadSample(address: string, name: string): Promise<void> {
    try {
      await dough.loadBuffer(address, this.#context, name);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#notice(`a sample of ${name} cannot be loaded: ${reason}`);
    }
  }
}
