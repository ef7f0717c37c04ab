// Which sound plays for each hap when there is no network: superdough's own, files that were given, our kit, or
// something near, with a word about it.
import * as dough from "superdough";
import type { Evaluation } from "../engine/evaluate.js";
import { renderKit } from "../kit/kit.js";
import { findKitSound, KIT_PITCHED } from "../kit/names.js";
import { encodeWav } from "../kit/wav.js";
import { standInFor } from "../stage/packs.js";

const RESTS: readonly string[] = ["-", "~", "_", ""];

/** Sound name to addresses of its files, in the order of the number after the colon. */
export type FileMap = Readonly<Record<string, readonly string[]>>;

type Controls = Record<string, unknown>;

/** The sounds of one render. */
export class Shelf {
  /** Sentences for people about what sounds other than the code asks. */
  readonly warnings: string[] = [];
  readonly #evaluation: Evaluation;
  readonly #files: ReadonlyMap<string, readonly string[]>;
  readonly #sampleRate: number;
  readonly #given = new Map<string, ArrayBuffer>();
  readonly #playable = new Map<string, boolean>();

  constructor(evaluation: Evaluation, files: FileMap, sampleRate: number) {
    this.#evaluation = evaluation;
    this.#sampleRate = sampleRate;
    this.#files = new Map(Object.entries(files).map(([name, addresses]) => [name.toLowerCase(), addresses]));
    dough.registerSynthSounds();
    dough.registerZZFXSounds();
  }

  warn(sentence: string): void {
    if (!this.warnings.includes(sentence)) this.warnings.push(sentence);
  }

  /** The controls with a sound that can be played now; null when there is none. */
  place(controls: Controls): Controls | null {
    if (typeof controls.source === "function") return { ...controls };
    const { s, bank, ...others } = controls;
    const name = this.#fullName(s, bank);
    if (RESTS.includes(name) || !this.#isPlayable(name)) return null;
    return { ...others, s: name };
  }

  #fullName(s: unknown, bank: unknown): string {
    const sound = s === undefined || s === null ? "triangle" : String(s);
    const { aliases } = this.#evaluation;
    if (bank === undefined || bank === null || bank === "") return aliases.get(sound) ?? sound;
    return `${aliases.get(String(bank)) ?? String(bank)}_${sound}`;
  }

  #isPlayable(name: string): boolean {
    const known = this.#playable.get(name);
    if (known !== undefined) return known;
    const made = this.#find(name);
    this.#playable.set(name, made);
    return made;
  }

  #find(name: string): boolean {
    const files = this.#files.get(name.toLowerCase());
    if (files) {
      dough.registerSampleSource(name, [...files], {});
      return true;
    }
    const isFromPack = this.#evaluation.sounds.has(name);
    if (!isFromPack && dough.getSound(name) !== undefined) return true;
    if (findKitSound(name) !== null) {
      this.#fromKit(name);
      if (isFromPack)
        this.warn(`"${name}" comes from samples that are not here: the built-in kit plays instead`);
      return true;
    }
    const standIn = standInFor(name);
    if (standIn !== null) return this.#standIn(name, standIn);
    this.warn(`"${name}" needs samples that are not here: it is silent`);
    return false;
  }

  #standIn(name: string, standIn: string): boolean {
    if (findKitSound(standIn) !== null) this.#fromKit(standIn);
    const sound = dough.getSound(standIn);
    dough.registerSound(name, sound?.onTrigger, sound?.data ?? {});
    this.warn(`"${name}" needs samples that are not here: "${standIn}" plays instead`);
    return true;
  }

  #fromKit(name: string): void {
    const key = encodeURIComponent(name);
    const notes = KIT_PITCHED[name.toLowerCase()];
    const variants = findKitSound(name)?.variants ?? 0;
    const addresses = notes
      ? Object.fromEntries(notes.map((note, index) => [note, [`kit:${key}/${index}`]]))
      : Array.from({ length: variants }, (_, index) => `kit:${key}/${index}`);
    dough.registerSampleSource(name, addresses, {});
  }

  /** The address of the file that these placed controls play, when it has to be given from outside. */
  wanted(controls: Controls): string | null {
    const data = dough.getSound(String(controls.s))?.data;
    if (data?.samples === undefined) return null;
    const { url } = dough.getSampleInfo(controls, data.samples);
    return url.startsWith("file:") && !this.#given.has(url) ? url : null;
  }

  /** Keep a file's bytes. */
  give(address: string, bytes: ArrayBuffer): void {
    this.#given.set(address, bytes);
  }

  /** What `fetch` answers within the render: the kit, files that were given, and nothing else. */
  async fetch(address: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> }> {
    const bytes = this.#bytes(address);
    return { arrayBuffer: async () => bytes };
  }

  #bytes(address: string): ArrayBuffer {
    if (address.startsWith("kit:")) {
      const [name = "", variant = "0"] = address.slice("kit:".length).split("/");
      const samples = renderKit(decodeURIComponent(name), Number(variant), this.#sampleRate);
      return encodeWav([samples], this.#sampleRate);
    }
    const given = this.#given.get(address);
    if (!given) throw new Error("nothing is downloaded while rendering");
    return given;
  }
}
