// Entry of the stage page. Closes what can be closed, waits for the host's port, and connects the two.
import workerText from "stage:worker";
import { closeDoors } from "./doors.js";
import { Master } from "./master.js";
import type { FromStage, ToStage } from "./messages.js";
import { Player } from "./player.js";
import { startPulse } from "./pulse.js";
import { Questions } from "./questions.js";
import { Hands } from "./workers.js";

const TICK_MS = 25;
const LEVELS_EVERY_TICKS = 2;
const CLOCK_EVERY_TICKS = 4;
const IDLE_CLOCK_EVERY_TICKS = 20;
const SWEEP_EVERY_TICKS = 40;
const SCOPE_FRAMES = 1024;

// The frame itself needs Workers; nothing in it needs any other way out.
closeDoors(window, ["Worker", "postMessage", "close"]);
// Superdough asks this name for the graphs of `K()`; the Workers have compiled them.
Object.assign(globalThis, { compileKabel: (text: string) => JSON.parse(text) as unknown });

function audioState(context: AudioContext): "running" | "suspended" {
  return context.state === "running" ? "running" : "suspended";
}

/** Tells the host, several times a second, where musical time is and how loud it is. */
function report(player: Player, master: Master, post: (message: FromStage) => void, count: number): void {
  const { scheduler, heard, mixer } = player;
  heard.read();
  const clockEvery = scheduler.running ? CLOCK_EVERY_TICKS : IDLE_CLOCK_EVERY_TICKS;
  if (count % clockEvery === 0) {
    const audio_s = heard.now_s();
    const cycle = scheduler.isInTime ? scheduler.tempo.cycleAt(audio_s) : 0;
    const error_s = scheduler.phaseError_s;
    post({
      kind: "clock",
      epoch_ms: performance.timeOrigin + performance.now() + player.pageSkew_ms,
      cycle,
      cps: scheduler.tempo.cpsAt(cycle),
      audio_s,
      audio: audioState(master.context),
      late_haps: player.lateHaps,
      phase_error_ms: error_s === null ? null : error_s * 1000,
      output_latency_ms: heard.latency_s * 1000,
    });
  }
  if (count % LEVELS_EVERY_TICKS === 0 && mixer.count > 0) {
    post({ kind: "levels", master: master.takePeak(), layers: mixer.levels() });
  }
  if (count % SWEEP_EVERY_TICKS === 0) mixer.sweep();
}

/** Everything that happens again and again. */
function beatAll(
  hands: Hands,
  player: Player,
  master: Master,
  post: (message: FromStage) => void,
  scoped: () => string | null,
): void {
  let count = 0;
  let isStuck = false;
  startPulse(TICK_MS, () => {
    if (isStuck) return;
    hands.passed(TICK_MS);
    player.scheduler.tick();
    report(player, master, post, count++);
    const layer = scoped();
    const waveform = layer === null ? null : player.mixer.waveform(layer);
    if (waveform !== null) post({ kind: "scoped", samples: waveform.slice(0, SCOPE_FRAMES) });
    isStuck = master.isStuck(TICK_MS);
    if (isStuck) post({ kind: "stuck", layer: player.suspect });
  });
}

async function connect(port: MessagePort): Promise<void> {
  const post = (message: FromStage, transfer: Transferable[] = []) => port.postMessage(message, transfer);
  const master = new Master();
  const questions = new Questions(post);
  const hands = new Hands(workerText);
  const player = new Player(master, hands, questions, post);
  let scoped: string | null = null;
  globalThis.fetch = async (input) => {
    const url = typeof input === "string" ? input : input instanceof URL ? input.href : input.url;
    return new Response(url.startsWith("kit:") ? player.kitFile(url) : await questions.fetchBytes(url));
  };
  port.onmessage = (event: MessageEvent<ToStage>) => {
    const message = event.data;
    if (questions.answered(message)) return;
    if (message.kind === "scope") scoped = message.layer;
    else void player.take(message);
  };
  master.onCaptured = ({ frame, left, right }) => {
    const sample_rate = master.context.sampleRate;
    post({ kind: "captured", frame, sample_rate, left, right }, [left.buffer, right.buffer]);
  };
  const started = master.start();
  beatAll(hands, player, master, post, () => scoped);
  await started;
  post({ kind: "ready", audio: audioState(master.context), secure: master.secure });
}

window.addEventListener("message", function once(event: MessageEvent) {
  const port = event.ports[0];
  if (event.source !== window.parent || port === undefined) return;
  window.removeEventListener("message", once);
  void connect(port);
});
