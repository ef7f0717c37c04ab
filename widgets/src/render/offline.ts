// render.js: code in, sound out, in a bare JavaScript engine. Reached through one global, `algoraveRender`.
// The order of these imports counts: packages look for browser names when they are loaded.
import "./globals.js";
import "./install.js";
import { checkEvaluation } from "../engine/check.js";
import { type Evaluation, evaluate } from "../engine/evaluate.js";
import "../engine/headless.js";
import { type Problem, problemAt, StrudelError } from "../engine/problem.js";
import { needsXen } from "../engine/xen_names.js";
import { Session } from "./session.js";

interface RenderRequest {
  code: string;
  cycles: number;
  check_cycles: number;
  cps: number | null;
  longest_s: number;
  sample_rate: number;
  seed: number;
  tail_s: number;
  files: Record<string, string[]>;
}

// Kept from before anybody's code runs.
const { parse, stringify } = JSON;

let session: Session | null = null;

function running(): Session {
  if (!session) throw new Error("nothing has been prepared");
  return session;
}

function tooLong({ code, longest_s }: RenderRequest, cps: number, duration_s: number): Problem {
  const length = Number.isFinite(duration_s) ? `${Math.round(duration_s)} s` : "without end";
  const message = `this would be ${length} at ${cps} cycles per second; a render is at most ${longest_s} s long`;
  return problemAt(code, null, "time", message, "render fewer cycles or set a higher tempo");
}

function prepared(evaluation: Evaluation, request: RenderRequest): object {
  const knownSounds = Object.keys(request.files);
  const verdict = checkEvaluation(evaluation, { cycles: request.check_cycles, knownSounds });
  if (!verdict.playable) return { problems: verdict.problems };
  const cps = request.cps ?? evaluation.cps;
  const duration_s = request.cycles / cps + request.tail_s;
  if (!(duration_s > 0 && duration_s <= request.longest_s)) {
    return { problems: [tooLong(request, cps, duration_s)] };
  }
  session = new Session(evaluation, {
    cycles: request.cycles,
    cps,
    sampleRate: request.sample_rate,
    seed: request.seed,
    tail_s: request.tail_s,
    files: request.files,
  });
  return { frames: session.frames, cps, wanted: session.wanted };
}

/** Evaluate, gate and lay out the haps. `needs` asks for the xen bundle first; `problems` refuses. */
function prepare(text: string): string {
  const request = parse(text) as RenderRequest;
  if (needsXen(request.code)) return '{"needs":"xen"}';
  try {
    return stringify(prepared(evaluate(request.code), request));
  } catch (error) {
    if (!(error instanceof StrudelError)) throw error;
    return stringify({ problems: error.problems });
  }
}

Object.defineProperty(globalThis, "algoraveRender", {
  value: Object.freeze({
    prepare,
    /** A buffer to write a file's bytes into. */
    give(address: string, bytes: number): ArrayBuffer {
      const buffer = new ArrayBuffer(bytes);
      running().give(address, buffer);
      return buffer;
    },
    begin: () => running().begin(),
    /** The next stretch of both channels, interleaved; null at the end. */
    step: async () => (await running().step())?.buffer ?? null,
    warnings: () => stringify(running().warnings),
  }),
});
