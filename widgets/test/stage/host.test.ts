import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Stage } from "../../src/stage/host.js";
import type { FromStage, ToStage } from "../../src/stage/messages.js";

/** An iframe as far as the host uses one; the test is what runs in it. */
class Frame extends EventTarget {
  static all: Frame[] = [];
  style = {};
  isRemoved = false;
  port: MessagePort | null = null;
  said: ToStage[] = [];
  contentWindow = {
    postMessage: (_greeting: string, _origin: string, [port]: MessagePort[]) => {
      this.port = port as MessagePort;
      this.port.onmessage = ({ data }: MessageEvent<ToStage>) => {
        this.said.push(data);
        this.dispatchEvent(new Event("told"));
      };
    },
  };

  constructor() {
    super();
    Frame.all.push(this);
  }

  setAttribute(): void {}

  remove(): void {
    this.isRemoved = true;
    this.port?.close();
    this.dispatchEvent(new Event("removed"));
  }

  say(...messages: FromStage[]): void {
    for (const message of messages) this.port?.postMessage(message);
  }

  boot(): void {
    this.dispatchEvent(new Event("load"));
    this.say({ kind: "ready", audio: "running", secure: true });
  }

  /** Resolves when it has been told so many messages of this kind. */
  until(kind: ToStage["kind"], count: number): Promise<void> {
    return new Promise((resolve) => {
      const look = () => this.asked(kind).length >= count && resolve();
      this.addEventListener("told", look);
      look();
    });
  }

  asked<K extends ToStage["kind"]>(kind: K): Extract<ToStage, { kind: K }>[] {
    return this.said.filter((message) => message.kind === kind) as Extract<ToStage, { kind: K }>[];
  }
}

const newest = () => Frame.all.at(-1) as Frame;
const playing = { from_cycle: 0, cps: 0.5, labels: [], widgets: [] };

function answer(request_id: number, layer = "a"): FromStage {
  return { kind: "evaluated", request_id, layer, problems: [], warnings: [], playing };
}

let stage: Stage;
let failed: string[];

async function passed(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * 1000);
}

function make(options: ConstructorParameters<typeof Stage>[0] = {}): void {
  stage = new Stage(options);
  failed = [];
  stage.on("failed", ({ layer }) => failed.push(layer));
}

/** A booted stage in which layer `a` plays. */
async function makePlaying(): Promise<void> {
  make();
  newest().boot();
  const evaluated = stage.evaluate("a", "s('bd')");
  await newest().until("evaluate", 1);
  newest().say(answer(1));
  await evaluated;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  vi.stubGlobal("document", { createElement: () => new Frame(), body: { append: () => undefined } });
  vi.stubGlobal("location", { origin: "https://here.example" });
});

afterEach(() => {
  stage.dispose();
  Frame.all.length = 0;
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a stage that does not start", () => {
  test("STAGE-34: after 15 seconds whoever waits is told, and it is tried once more", async () => {
    make();
    const waiting = [stage.evaluate("a", "s('bd')"), stage.check("s('bd')")];
    await passed(14);
    expect(Frame.all).toHaveLength(1);
    await passed(4);
    for (const { problems } of await Promise.all(waiting)) {
      expect(problems).toMatchObject([{ message: "the player could not start", hint: "reload the page" }]);
    }
    expect(Frame.all.map(({ isRemoved }) => isRemoved)).toEqual([true, false]);
    newest().boot();
    const again = stage.evaluate("a", "s('sd')");
    await newest().until("evaluate", 1);
    expect(newest().asked("evaluate")).toMatchObject([{ code: "s('sd')" }]);
    newest().say(answer(3));
    expect((await again).playing).toEqual(playing);
  });

  test("STAGE-34: when it does not start again either, evaluations are refused at once", async () => {
    make();
    await passed(40);
    expect(Frame.all.map(({ isRemoved }) => isRemoved)).toEqual([true, true]);
    const { problems } = await stage.evaluate("a", "s('bd')");
    expect(problems[0]?.message).toBe("the player could not start");
  });

  test("STAGE-34: one that starts is left alone", async () => {
    await makePlaying();
    for (let second = 0; second < 40; second++) {
      newest().say({ kind: "levels", master: 0, layers: {} });
      const heard = new Promise((resolve) => stage.on("levels", resolve));
      await heard;
      await passed(1);
    }
    expect(Frame.all).toHaveLength(1);
  });
});

describe("a stage that is replaced", () => {
  test("STAGE-33: plays again what played, not the code that gave way to it, and is told of no session's time", async () => {
    await makePlaying();
    stage.follow({ anchors: [], server_ms: 1, epoch_ms: 1 });
    const bad = stage.evaluate("a", "s('bad')", { from_cycle: 7 });
    await newest().until("evaluate", 2);
    newest().say(answer(2));
    await bad;
    const heard = new Promise<unknown>((resolve) => stage.on("failed", resolve));
    const problem = { kind: "query", message: "no", line: 1, column: 1, hint: null, layer: null } as const;
    newest().say({
      kind: "failed",
      layer: "a",
      request_id: 2,
      problem,
      silent: false,
      at_cycle: 8,
      from_cycle: 9,
    });
    expect(await heard).toMatchObject({ plays: "s('bd')", from_cycle: 9 });
    newest().say({ kind: "stuck", layer: null });
    await new Promise((resolve) => newest().addEventListener("removed", resolve));
    newest().boot();
    await newest().until("evaluate", 1);
    expect(newest().asked("evaluate")).toMatchObject([{ layer: "a", code: "s('bd')" }]);
    expect(newest().asked("follow")).toEqual([]);
  });
});

describe("whoever waits", () => {
  test("STAGE-43: is told when the frame navigates away", async () => {
    await makePlaying();
    const waiting = [stage.evaluate("b", "s('bd')"), stage.check("s('bd')")];
    newest().dispatchEvent(new Event("load"));
    for (const { problems } of await Promise.all(waiting)) {
      expect(problems[0]?.message).toBe("the code tried to leave the stage");
    }
    expect(failed).toEqual(["a"]);
  });

  test("STAGE-34: is told when the stage is disposed of, and so is whoever asks later", async () => {
    make();
    const waiting = stage.evaluate("a", "s('bd')");
    stage.dispose();
    expect((await waiting).problems[0]?.message).toBe("the player was closed");
    expect((await stage.check("s('bd')")).problems[0]?.message).toBe("the player was closed");
  });
});

describe("a hostile frame", () => {
  test("STAGE-23: answers that nobody asked for reach nobody", async () => {
    await makePlaying();
    const heard: number[] = [];
    stage.on("evaluated", ({ request_id }) => heard.push(request_id));
    stage.on("checked", ({ request_id }) => heard.push(request_id));
    const asked = stage.check("s('bd')");
    const none = { problems: [], warnings: [], cps: null };
    newest().say(answer(77), answer(1), { kind: "checked", request_id: 78, ...none });
    newest().say({ kind: "checked", request_id: 2, ...none });
    await asked;
    expect(heard).toEqual([2]);
  });

  test("STAGE-23: the bundle is loaded once however often it is asked for", async () => {
    const load = vi.fn(async () => new Response("tunings"));
    vi.stubGlobal("fetch", load);
    make({ xenUrl: "https://here.example/xen.js" });
    newest().boot();
    newest().say(...Array<FromStage>(5).fill({ kind: "need", name: "xen" }));
    await newest().until("bundle", 5);
    expect(
      newest()
        .asked("bundle")
        .every(({ text }) => text === "tunings"),
    ).toBe(true);
    expect(load).toHaveBeenCalledTimes(1);
  });

  test("STAGE-23: more samples at once than any music needs are refused in words", async () => {
    vi.stubGlobal("fetch", () => new Promise(() => undefined));
    make();
    newest().boot();
    const url = "https://strudel.b-cdn.net/bd.wav";
    for (let request_id = 1; request_id <= 1030; request_id++)
      newest().say({ kind: "fetch", request_id, url });
    await newest().until("fetched", 6);
    expect(newest().asked("fetched")[0]).toMatchObject({
      request_id: 1025,
      error: "too many samples at once",
    });
  });

  /** So many messages in each of some seconds, and then one more. */
  async function flood(messages: number, seconds: number): Promise<void> {
    for (let second = 0; second <= seconds; second++) {
      const count = second < seconds ? messages : 1;
      const frame = newest();
      let stopped = 0;
      await new Promise<void>((resolve) => {
        stage.on("stopped", () => ++stopped === count && resolve());
        frame.addEventListener("removed", () => resolve());
        frame.say(...Array<FromStage>(count).fill({ kind: "stopped", layer: "nobody" }));
      });
      await passed(1);
    }
  }

  test("STAGE-24: one that floods the page for two seconds is destroyed and its layers are silent", async () => {
    await makePlaying();
    const first = newest();
    await flood(2100, 2);
    expect(first.isRemoved).toBe(true);
    expect(failed).toEqual(["a"]);
    expect(newest()).not.toBe(first);
  });

  test("STAGE-24: a burst of one second, or many answers below the limit, all pass", async () => {
    await makePlaying();
    await flood(2100, 1);
    await flood(1500, 3);
    expect(Frame.all).toHaveLength(1);
    expect(failed).toEqual([]);
  });
});

describe("a layer that is stopped while its answer is on its way", () => {
  /** The layers that a new frame is told to play after this one has fallen silent. */
  async function layersAfterDeath(): Promise<string[]> {
    await passed(8);
    newest().boot();
    stage.check("s('bd')");
    await newest().until("check", 1);
    return newest()
      .asked("evaluate")
      .map(({ layer }) => layer);
  }

  test("STAGE-5: does not come back with a new stage, and the late answer counts for nothing", async () => {
    make();
    newest().boot();
    const late = stage.evaluate("a", "s('bd')");
    stage.stop("a");
    newest().say(answer(1));
    expect(await late).toMatchObject({ playing: null, superseded: true });
    expect(await layersAfterDeath()).toEqual([]);
  });

  test("STAGE-5: one that the stage itself ends does not come back; one that plays does", async () => {
    await makePlaying();
    const other = stage.evaluate("b", "s('sd')");
    newest().say(answer(2, "b"), { kind: "stopped", layer: "a" });
    await other;
    await new Promise((resolve) => {
      stage.on("notice", resolve);
      newest().say({ kind: "notice", text: "", layer: null });
    });
    expect(await layersAfterDeath()).toEqual(["b"]);
  });
});
