// The names the Strudel REPL has and a bare library has not: tempo, labels, samples, sliders.
import {
  isPattern,
  Pattern,
  pure,
  ref,
  register,
  State,
  setCpsFunc,
  setTime,
  silence,
  TimeSpan,
  useRNG,
  valueToMidi,
} from "@strudel/core";
import { setDefaultVoicings } from "@strudel/tonal";
import { current, DEFAULT_CPS, type Transform } from "./session.js";

/** The value that a pattern stands for where a plain one is wanted: `setcps("0.6")`. */
function plain(value: unknown): unknown {
  if (!isPattern(value)) return value;
  return value.__pure ?? value.query(new State(new TimeSpan(0, 1)))[0]?.value;
}

function setCps(value: unknown): Pattern {
  const cps = Number(plain(value));
  if (!(cps > 0 && cps < 1000))
    throw new RangeError(`the tempo must be a number above 0, not ${String(plain(value))}`);
  const gathering = current();
  if (gathering) gathering.ownCps = cps;
  return silence;
}

function setCpm(value: unknown): Pattern {
  return setCps(Number(plain(value)) / 60);
}

function getCps(): number {
  return current()?.ownCps ?? DEFAULT_CPS;
}

function samples(source: unknown, base?: unknown): Promise<void> {
  const gathering = current();
  if (gathering) {
    const plainSource = plain(source);
    gathering.samples.push({ source: plainSource, base: typeof base === "string" ? base : null });
    if (typeof plainSource === "object" && plainSource !== null) {
      for (const name of Object.keys(plainSource)) gathering.sounds.add(name);
    } else {
      gathering.hasOpenSounds = true;
    }
  }
  return Promise.resolve();
}

function registerSound(name: unknown): void {
  current()?.sounds.add(String(plain(name)));
}

function soundAlias(original: unknown, alias: unknown): void {
  current()?.aliases.set(String(plain(alias)), String(plain(original)));
}

function aliasBank(...args: unknown[]): void {
  const gathering = current();
  if (!gathering) return;
  if (args.length === 1 && typeof plain(args[0]) === "string") gathering.hasOpenSounds = true;
  const map = args.length === 2 ? { [String(plain(args[0]))]: plain(args[1]) } : plain(args[0]);
  if (typeof map !== "object" || map === null) return;
  for (const [bank, alias] of Object.entries(map)) {
    for (const name of [alias].flat()) gathering.aliases.set(String(name), bank);
  }
}

function openSounds(): Promise<void> {
  const gathering = current();
  if (gathering) gathering.hasOpenSounds = true;
  return Promise.resolve();
}

/** What the transpiler turns `slider(...)` into: a control whose value can move while the pattern plays. */
function sliderWithID(id: unknown, value: unknown): Pattern {
  const gathering = current();
  const start = Number(plain(value));
  if (!gathering) return pure(start);
  const sliders = gathering.sliders;
  const key = String(id);
  sliders.set(key, start);
  return ref(() => sliders.get(key) ?? start);
}

function hush(): Pattern {
  current()?.hush();
  return silence;
}

function wantFunction(value: unknown, name: string): void {
  if (typeof value === "function") return;
  throw new TypeError(`${name}() wants a function, for example ${name}(x => x.fast(2))`);
}

function all(transform: Transform): Pattern {
  wantFunction(transform, "all");
  current()?.allTransforms.push(transform);
  return silence;
}

function each(transform: Transform): Pattern {
  wantFunction(transform, "each");
  const gathering = current();
  if (gathering) gathering.eachTransform = transform;
  return silence;
}

function installLabels(): void {
  const methods = Pattern.prototype as unknown as Record<string, unknown>;
  methods.p = function (this: Pattern, id: unknown) {
    const gathering = current();
    return gathering ? (gathering.label(plain(id), this) ?? silence) : this;
  };
  methods.q = () => silence;
  for (let number = 1; number < 10; number++) {
    for (const name of [`d${number}`, `p${number}`]) {
      Object.defineProperty(Pattern.prototype, name, {
        get(this: Pattern) {
          return (methods.p as (this: Pattern, id: unknown) => Pattern).call(this, number);
        },
        configurable: true,
      });
    }
    methods[`q${number}`] = silence;
  }
}

const HIGHEST_PAN_NOTE = 108;

/** The REPL's `.piano()`: held for the step, low notes to the left and high ones to the right. */
function installPiano(): void {
  const methods = Pattern.prototype as unknown as Record<string, unknown>;
  methods.piano = function (this: Pattern) {
    return this.fmap((value: Record<string, unknown>) => {
      const played: Record<string, unknown> = { ...value, clip: value.clip ?? 1, s: "piano", release: 0.1 };
      const height = Math.min(Math.round(valueToMidi(played)) / HIGHEST_PAN_NOTE, 1);
      played.pan = (Number(played.pan) || 1) * (height / 2 + 0.5);
      return played;
    });
  };
}

/** Names in double quotes are mini-notation to the transpiler; here they are meant as text. */
function registerByText(name: unknown, ...rest: unknown[]): unknown {
  const text = Array.isArray(name) ? name.map(plain) : plain(name);
  return (register as (...args: unknown[]) => unknown)(text, ...rest);
}

/** Installs what the REPL adds to patterns and returns the REPL's own top-level names. */
export function installVocabulary(): Record<string, unknown> {
  installLabels();
  installPiano();
  setTime(() => 0);
  setCpsFunc(getCps);
  const cpm = register("cpm", (value: number, pattern: Pattern) => pattern._fast(value / 60 / getCps()));
  return {
    all,
    each,
    hush,
    cpm,
    register: registerByText,
    setCps,
    setcps: setCps,
    setCpm,
    setcpm: setCpm,
    getCps,
    samples,
    registerSound,
    soundAlias,
    aliasBank,
    tables: openSounds,
    doughsamples: openSounds,
    registerSampleSource: registerSound,
    registerWaveTable: registerSound,
    sliderWithID,
    slider: (value: unknown) => sliderWithID("slider", value),
    useRNG: (mode = "legacy") => {
      const gathering = current();
      if (gathering) gathering.rng = String(mode);
      useRNG(String(mode));
    },
    setDefaultVoicings: (name: unknown) => {
      const gathering = current();
      if (gathering) gathering.voicings = String(plain(name));
      setDefaultVoicings(String(plain(name)));
    },
  };
}
