// Entry of the stage page. Closes what can be closed, waits for the host's port, and connects the two.
import workerText from "stage:worker";
import { closeDoors } from "./doors.js";
import { Master } from "./master.js";
import type { FromStage, ToStage } from "./messages.js";
import { Player } from "./player.js";
import { startPulse } from "./pulse.js";
import { Hands } from "./workers.js";

const TICK_MS = 25;
const LEVELS_EVERY_TICKS = 2;
const CLOCK_EVERY_TICKS = 4;
const IDLE_CLOCK_EVERY_TICKS = 20;
const SWEEP_EVERY_TICKS = 40;
const SCOPE_FRAMES = 1024;

// The frame itself needs Workers; nothing in it needs any other way out.
closeDoors(window, ["Worker", "postMessage", "close"]);

/** Questions to the host that are waiting for their answer. */
class Questions {
  #post: (message: FromStage) => void;
  #last = 0;
  #waiting = new Map<number, (answer: { body: ArrayBuffer | null; error: string | null }) => void>();
  #bundle: ((text: string | null) => void)[] = [];

  constructor(post: (message: FromStage) => void) {
    this.#post = post;
  }

  async fetchBytes(url: string): Promise<ArrayBuffer> {
    const request_id = ++this.#last;
    const { body, error } = await new Promise<{ body: ArrayBuffer | null; error: string | null }>(
      (settle) => {
        this.#waiting.set(request_id, settle);
        this.#post({ kind: "fetch", request_id, url });
      },
    );
    if (body === null) throw new Error(error ?? "not available");
    return body;
  }

  async fetchBundle(name: "xen"): Promise<string> {
    const text = await new Promise<string | null>((settle) => {
      this.#bundle.push(settle);
      if (this.#bundle.length === 1) this.#post({ kind: "need", name });
    });
    if (text === null) throw new Error(`the bundle '${name}' cannot be loaded`);
    return text;
  }

  answered(message: ToStage): boolean {
    if (message.kind === "fetched") {
      this.#waiting.get(message.request_id)?.(message);
      this.#waiting.delete(message.request_id);
      return true;
    }
    if (message.kind === "bundle") {
      for (const settle of this.#bundle.splice(0)) settle(message.text);
      return true;
    }
    return false;
  }
}

function audioState(context: AudioContext): "running" | "suspended" {
  return context.state === "running" ? "running" : "suspended";
}

/** Tells the host, several times a second, where musical time is and how loud it is. */
function report(player: Player, master: Master, post: (message: FromStage) => void, count: number): void {
  const { scheduler, heard, mixer } = player;
  heard.read();
  const clockEvery = scheduler.running ? CLOCK_EVERY_TICKS : IDLE_CLOCK_EVERY_TICKS;
  if (count % clockEvery === 0) {
    const cycle = scheduler.running ? scheduler.tempo.cycleAt(heard.now_s()) : 0;
    const epoch_ms = performance.timeOrigin + performance.now();
    post({
      kind: "clock",
      epoch_ms,
      cycle,
      cps: scheduler.tempo.cpsAt(cycle),
      audio: audioState(master.context),
    });
  }
  if (count % LEVELS_EVERY_TICKS === 0 && mixer.count > 0) {
    post({ kind: "levels", master: master.takePeak(), layers: mixer.levels() });
  }
  if (count % SWEEP_EVERY_TICKS === 0) mixer.sweep();
}

async function connect(port: MessagePort): Promise<void> {
  const post = (message: FromStage, transfer: Transferable[] = []) => port.postMessage(message, transfer);
  const master = new Master();
  const questions = new Questions(post);
  const hands = new Hands(workerText);
  const player = new Player(master, hands, (name) => questions.fetchBundle(name), post);
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
  let count = 0;
  const started = master.start();
  startPulse(TICK_MS, () => {
    hands.passed(TICK_MS);
    player.scheduler.tick();
    report(player, master, post, count++);
    const waveform = scoped === null ? null : player.mixer.waveform(scoped);
    if (waveform !== null) post({ kind: "scoped", samples: waveform.slice(0, SCOPE_FRAMES) });
  });
  await started;
  post({ kind: "ready", audio: audioState(master.context), secure: master.secure });
}

window.addEventListener("message", function once(event: MessageEvent) {
  const port = event.ports[0];
  if (event.source !== window.parent || port === undefined) return;
  window.removeEventListener("message", once);
  void connect(port);
});
