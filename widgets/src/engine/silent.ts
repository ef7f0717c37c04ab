// Names of Strudel's that draw, send or listen. Where patterns are evaluated there is no screen, no port and no
// sensor: calling them is harmless, the pattern goes on, and what has no effect is told.
import { createParam, createParams, isPattern, Pattern, pure, silence } from "@strudel/core";
import { current } from "./session.js";

/** Methods that send haps somewhere else. */
const OUTPUTS =
  "csound csoundm dough hydra midi mqtt osc serial soundfont speak supradough tidal tone webdirt vibrate H".split(
    " ",
  );

/** Methods that draw; the views draw from the haps themselves. */
const VISUALS = "animate draw onPaint pianoroll pitchwheel punchcard spiral wordfall webaudio markcss".split(
  " ",
);

/** Methods that draw the sound itself, and so mark what is to be measured. */
const SCOPES = "scope tscope fscope spectrum".split(" ");

/** Visuals inside the text, which the transpiler gives an id. */
export const INLINE = "_pianoroll _punchcard _wordfall _spiral _pitchwheel _scope _spectrum".split(" ");

/** Top-level functions with no effect here. */
const FUNCTIONS = `
  DEFAULT_MAX_POLYPHONY Drawer Framer addModule analysers analysersData applyFM backgroundImage cleanupDraw
  cleanupUi clearHydra compileKabel colorMap convertColorToNumber convertHexToNumber csound defaultmidimap
  disableLogging dough doughTrigger drawFrequencyScope drawPianoroll drawTimeScope dspWorklet enableMotion
  fetchSampleMap getADSRValues getAnalyserById getAnalyzerData getAudioContextCurrentTime getAudioDevices
  getComputedPropertyValue getDefaultValue getDrawContext getDrawOptions getDrawOptions getPunchcardPainter
  getSound getTheme getWorklet initAudio initAudioOnFirstClick loadBuffer loadCSound loadCsound loadOrc
  loadSoundfont loadWorklets loadcsound midimaps pianoroll registerSamplesPrefix registerSynthSounds
  registerWorklet registerZZFXSounds resetDefaultValues resetDefaults resetGlobalEffects resetLoadedSounds
  setDefault setDefaultAudioContext setDefaultValue setDefaultValues setGainCurve setLogger setMaxPolyphony
  setMultiChannelOrbits setSoundfontUrl setTheme setVersionDefaults setSelectedVoice sysex trigger
  webAudioTimeout initHydra H initStrudel enableMIDI initMidi
`.split(/\s+/);

/** Signals of sensors and controllers that are not here: always 0. */
const SENSORS = `
  accelerationX accelerationY accelerationZ accX accY accZ gravityX gravityY gravityZ gravX gravY gravZ
  rotationAlpha rotationBeta rotationGamma rotA rotB rotG rotZ rotX rotY orientationAlpha orientationBeta
  orientationGamma oriA oriB oriG oriZ oriX oriY absoluteOrientationAlpha absoluteOrientationBeta
  absoluteOrientationGamma absOriA absOriB absOriG absOriZ absOriX absOriY geolocation
`.split(/\s+/);

/** What hydra puts into the global scope; only there when the code starts hydra. */
const HYDRA = `
  osc noise shape gradient src voronoi solid render speed bpm time mouse width height update
  s0 s1 s2 s3 o0 o1 o2 o3 a
`.split(/\s+/);

function told(name: string): void {
  current()?.silentCalls.add(name);
}

/** Something every use of which is harmless: calls and properties give itself. */
function harmless(name: string): unknown {
  const target = () => thing;
  const thing: unknown = new Proxy(target, {
    get(_, key) {
      if (key === Symbol.toPrimitive) return () => 0;
      if (key === "then" || key === "_Pattern" || key === "constructor") return undefined;
      return thing;
    },
    apply(_, __, args: unknown[]) {
      told(name);
      return args.find((arg) => isPattern(arg)) ?? thing;
    },
    construct: () => thing as object,
    set: () => true,
  });
  return thing;
}

function goOn(this: Pattern): Pattern {
  return this;
}

/** The haps go on, marked as meant for elsewhere: a sound that is unknown here may well exist there. */
function marked(name: string) {
  return function (this: Pattern) {
    told(name);
    return this.withContext((context) => ({ ...context, outlet: name }));
  };
}

function installMethods(): void {
  const methods = Pattern.prototype as unknown as Record<string, unknown>;
  for (const name of OUTPUTS) methods[name] = marked(name);
  for (const name of [...VISUALS, ...INLINE]) methods[name] = goOn;
  for (const name of SCOPES) {
    methods[name] = function (this: Pattern, config?: { id?: unknown }) {
      return (this.analyze as (id: unknown) => Pattern)(config?.id ?? 1);
    };
  }
  methods.getPainters = () => [];
}

function silentFunction(name: string) {
  return (...args: unknown[]) => {
    told(name);
    return args.find((arg) => isPattern(arg)) ?? silence;
  };
}

/** Controls that upstream's drawing package defines: their values are real. */
function drawingControls(): Record<string, unknown> {
  const made: Record<string, unknown> = createParams("x", "y", "w", "h", "angle", "r", "fill", "smear");
  made.analyze ??= createParam("analyze");
  return made;
}

/** Installs the methods and returns the top-level names that have no effect here. */
export function installSilent(): Record<string, unknown> {
  const controls = drawingControls();
  installMethods();
  const names: Record<string, unknown> = {};
  for (const name of FUNCTIONS) if (name !== "") names[name] = silentFunction(name);
  for (const name of SENSORS) if (name !== "") names[name] = pure(0);
  for (const name of ["midin", "midikeys", "gamepad", "osc2ws"]) names[name] = harmlessInput(name);
  for (const name of ["getAudioContext", "audioContext", "Clock"]) names[name] = harmless(name);
  return { ...names, ...controls };
}

/** A controller that is not there: whatever is read from it is 0. */
function harmlessInput(name: string) {
  return () => {
    told(name);
    const zero = () => pure(0);
    return new Proxy(zero, { get: (_, key) => (key === "then" ? undefined : pure(0)) });
  };
}

/** The names that hydra overrides once `initHydra()` has run. */
export function hydraNames(): Record<string, unknown> {
  return Object.fromEntries(HYDRA.filter((name) => name !== "").map((name) => [name, harmless(name)]));
}
