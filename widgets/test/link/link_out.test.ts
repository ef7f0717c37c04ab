import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { OscHap } from "../../src/link/dirt.js";
import { LinkOut } from "../../src/link/link_out.js";
import { readSettings } from "../../src/link/link_settings.js";
import { askForMidi, type MidiPorts, NoMidi } from "../../src/link/midi_access.js";
import { bass, drums, JoinedPage, playing } from "../page/joined_page.js";
import { hap } from "./steady.js";

/** Devices that remember what they were sent. */
class Synths implements MidiPorts {
  readonly sent: { bytes: readonly number[]; at_ms: number }[] = [];
  changed: () => void = () => undefined;
  names = ["synth", "sampler"];
  isGone = false;

  list() {
    return this.names.map((name) => ({
      id: name,
      name,
      send: (bytes: readonly number[], at_ms: number) => {
        if (this.isGone) throw new Error("gone");
        this.sent.push({ bytes, at_ms });
      },
    }));
  }

  onChange(listener: () => void): void {
    this.changed = listener;
  }

  /** Messages of one kind, by their first four bits. */
  of(status: number): number[][] {
    return this.sent
      .filter(({ bytes }) => ((bytes[0] ?? 0) & 0xf0) === status)
      .map(({ bytes }) => [...bytes]);
  }
}

class Drawer {
  kept: string | null = null;
  getItem = () => this.kept;
  setItem = (_: string, value: string) => {
    this.kept = value;
  };
}

let page: JoinedPage;
let synths: Synths;
let drawer: Drawer;
let link: LinkOut;

/** The server's clock is the page's, and the session began at 0. */
async function answerPings(): Promise<void> {
  let answered = 0;
  for (let now_ms = 0; now_ms < 500; now_ms++) {
    await vi.advanceTimersByTimeAsync(1);
    const pings = page.asks("ping") as unknown as { client_ms: number }[];
    for (const { client_ms } of pings.slice(answered)) {
      page.socket().say({ kind: "pong", client_ms, server_ms: client_ms });
    }
    answered = pings.length;
  }
}

beforeEach(async () => {
  vi.useFakeTimers();
  page = new JoinedPage();
  synths = new Synths();
  drawer = new Drawer();
  link = new LinkOut(page.session, { askForMidi: async () => synths, kept: drawer });
  page.come({ playing: [playing("l1", "a", 0), playing("l2", "b", 0)] });
  page.session.listen(true);
  await answerPings();
});

afterEach(() => {
  link.close();
  page.leave();
  vi.useRealTimers();
});

/** Says haps of a layer, one every eighth of a cycle from the next one on. */
function announce(layer: string, more: Parameters<typeof hap>[2] = {}): void {
  const begin = Math.ceil((performance.now() / 2000) * 8 + 1) / 8;
  const haps = Array.from({ length: 16 }, (_, index) =>
    hap(begin + index / 8, begin + (index + 1) / 8, more),
  );
  page.stage.emit({ kind: "haps", layer: `session:s1/${layer}`, begin, end: begin + 2, haps });
}

/** How far a time is from an eighth of a cycle. */
const offBeat_ms = (at_ms: number) => Math.abs(at_ms - Math.round(at_ms / 250) * 250);

describe("MIDI of a page", () => {
  it("LINK-12: until somebody connects a device nothing is asked of browser or stage", async () => {
    announce("l1");
    await vi.advanceTimersByTimeAsync(1000);
    expect(page.stage.calls.filter((call) => call.startsWith("controls"))).toEqual([]);
    expect(synths.sent).toEqual([]);
    await link.connectMidi();
    expect(page.stage.calls).toContain("controls true");
    link.choose(null);
    expect(page.stage.calls).toContain("controls false");
  });

  it("LINK-10: once the page has left the session nothing leaves any more, not even the clock", async () => {
    link.setClock(true);
    await link.connectMidi();
    await vi.advanceTimersByTimeAsync(1000);
    expect(synths.sent.length).toBeGreaterThan(0);
    page.session.leave();
    synths.sent.length = 0;
    await vi.advanceTimersByTimeAsync(1000);
    expect(synths.sent).toEqual([]);
    expect(page.stage.calls).toContain("controls false");
  });

  it("LINK-13: the notes of layers with a channel leave at their time, those of others do not", async () => {
    await link.connectMidi();
    link.setChannel("bass", 3);
    announce("l1");
    announce("l2", { note: 72 });
    await vi.advanceTimersByTimeAsync(1000);
    const ons = synths.sent.filter(({ bytes }) => bytes[0] === 0x92);
    expect(ons.length).toBeGreaterThanOrEqual(3);
    for (const { at_ms } of ons) expect(offBeat_ms(at_ms)).toBeLessThan(0.1);
    expect(synths.of(0x90).every(([, key]) => key === 60)).toBe(true);
  });

  it("LINK-13: an offset moves everything that leaves", async () => {
    link.setOffset(-30);
    await link.connectMidi();
    link.setChannel("bass", 1);
    announce("l1");
    await vi.advanceTimersByTimeAsync(1000);
    const ons = synths.sent.filter(({ bytes }) => bytes[0] === 0x90);
    expect(ons.length).toBeGreaterThanOrEqual(3);
    for (const { at_ms } of ons) expect(offBeat_ms(at_ms + 30)).toBeLessThan(0.1);
  });

  it("LINK-13: what was foretold and is not to come any more does not leave", async () => {
    await link.connectMidi();
    link.setChannel("bass", 1);
    announce("l1", { note: 60 });
    announce("l1", { note: 65 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(new Set(synths.of(0x90).map(([, key]) => key))).toEqual(new Set([65]));
  });

  it.each([
    ["hush", () => page.socket().say({ kind: "hushed", by: "bo" })],
    ["the layer's stop", () => page.socket().say({ kind: "stopped", layer: "l1", by: "bo" })],
    ["muting it", () => page.socket().say({ kind: "layers", layers: [{ ...bass, mute: true }, drums] })],
    [
      "a solo of another",
      () => page.socket().say({ kind: "layers", layers: [bass, { ...drums, solo: true }] }),
    ],
    ["not listening here", () => page.session.listen(false)],
    ["taking its channel", () => link.setChannel("bass", null)],
    ["another device", () => link.choose("sampler")],
    ["leaving the session", () => page.session.leave()],
    ["closing", () => link.close()],
  ])("LINK-10: after %s nothing hangs and nothing begins", async (_, end) => {
    await link.connectMidi();
    link.setChannel("bass", 1);
    announce("l1");
    await vi.advanceTimersByTimeAsync(1010);
    expect(synths.of(0x90).length).toBeGreaterThan(synths.of(0x80).length);
    end();
    const begun = synths.of(0x90).length;
    expect(synths.of(0x80).length).toBe(begun);
    await vi.advanceTimersByTimeAsync(1000);
    expect(synths.of(0x90).length).toBe(begun);
  });

  it("LINK-9: the device runs while the session plays", async () => {
    await link.connectMidi();
    await vi.advanceTimersByTimeAsync(2500);
    page.socket().say({ kind: "hushed", by: "bo" });
    await vi.advanceTimersByTimeAsync(100);
    const words = synths.sent
      .map(({ bytes }) => bytes[0])
      .filter((first) => first !== 0xf8 && (first ?? 0) > 0xf0);
    expect(words).toEqual([0xf2, 0xfb, 0xfc]);
    link.setClock(false);
    const before = synths.sent.length;
    await vi.advanceTimersByTimeAsync(500);
    expect(synths.sent.length).toBe(before);
  });

  it("LINK-14: what was set is there next time, by the names of devices and layers, and odd things are not", async () => {
    await link.connectMidi();
    link.choose("sampler");
    link.setChannel("bass", 7);
    link.setOffset(5000);
    link.setClock(false);
    const again = new LinkOut(page.session, { askForMidi: async () => synths, kept: drawer });
    await again.connectMidi();
    expect(again.port?.name).toBe("sampler");
    expect(again.settings).toMatchObject({ clock: false, offset_ms: 200 });
    expect([again.channelOf("bass"), again.channelOf("drums")]).toEqual([7, null]);
    again.close();
    for (const odd of ["", "null", "[", '{"channels":{"a":17,"b":"1","c":2},"offset_ms":"x","device":5}'])
      expect(readSettings({ getItem: () => odd, setItem: () => undefined }).offset_ms).toBe(0);
    const kept = readSettings({
      getItem: () => '{"channels":{"a":17,"b":"1","c":2}}',
      setItem: () => undefined,
    });
    expect(Object.entries(kept.channels)).toEqual([["c", 2]]);
  });

  it("LINK-14: a device that is pulled out is let go, and breaks nothing", async () => {
    await link.connectMidi();
    link.setChannel("bass", 1);
    announce("l1");
    await vi.advanceTimersByTimeAsync(500);
    synths.isGone = true;
    await vi.advanceTimersByTimeAsync(500);
    synths.names = ["sampler"];
    synths.changed();
    expect(link.port).toBeNull();
    expect(link.ports?.map(({ name }) => name)).toEqual(["sampler"]);
  });
});

describe("asking for MIDI", () => {
  const named = (name: string) => Object.assign(new Error("the browser's own words"), { name });

  it.each([
    [true, {}, "This browser has no MIDI"],
    [false, {}, "https"],
    [true, { requestMIDIAccess: () => Promise.reject(named("NotAllowedError")) }, "not allowed"],
    [true, { requestMIDIAccess: () => Promise.reject(named("SecurityError")) }, "not allowed"],
    [true, { requestMIDIAccess: () => Promise.reject(named("InvalidStateError")) }, "found no MIDI"],
  ])("LINK-12: secure %s, %o: says why there is none", async (isSecure, browser, words) => {
    await expect(askForMidi(browser, isSecure)).rejects.toThrow(words);
    await expect(askForMidi(browser, isSecure)).rejects.toThrow(NoMidi);
  });

  it("LINK-12: asks for plain messages only, none that could change a device for good", async () => {
    const requestMIDIAccess = vi.fn(async () => ({ outputs: new Map(), onstatechange: null }));
    expect((await askForMidi({ requestMIDIAccess }, true)).list()).toEqual([]);
    expect(requestMIDIAccess).toHaveBeenCalledWith({ sysex: false });
  });
});

describe("OSC of a page", () => {
  it("LINK-15: haps go to the server in time, in batches one after the other, as SuperDirt knows them", async () => {
    const batches: OscHap[][] = [];
    link.sendOsc(async (haps) => batches.push(haps));
    announce("l1", { note: 64, controls: { s: "saw", note: "e4", bank: "x", cutoff: 800, "odd name": 1 } });
    announce("l2", { note: null, controls: { gain: 1 } });
    await vi.advanceTimersByTimeAsync(1000);
    const haps = batches.flat();
    expect(haps.length).toBeGreaterThanOrEqual(4);
    for (const each of haps) {
      expect(Math.abs(each.at_ms - each.cycle * 2000)).toBeLessThan(0.1);
      expect(each).toMatchObject({ cps: 0.5, delta_s: expect.closeTo(0.25, 9) });
      expect(each.controls).toEqual({ s: "xsaw", cutoff: 800, midinote: 64 });
    }
  });

  it("LINK-15: a refusal is said, and nothing is tried for a while", async () => {
    const send = vi.fn(() => Promise.reject(new Error("Only a host may do that.")));
    link.sendOsc(send);
    announce("l1", { controls: { s: "bd" } });
    await vi.advanceTimersByTimeAsync(1200);
    expect(link.oscTrouble).toBe("Only a host may do that.");
    expect(send).toHaveBeenCalledTimes(1);
    announce("l1", { controls: { s: "bd" } });
    await vi.advanceTimersByTimeAsync(1500);
    expect(send).toHaveBeenCalledTimes(2);
  });

  it("LINK-15: after hush nothing is sent that was still to come", async () => {
    const send = vi.fn(async () => undefined);
    link.sendOsc(send);
    announce("l1", { controls: { s: "bd" } });
    await vi.advanceTimersByTimeAsync(300);
    page.socket().say({ kind: "hushed", by: "bo" });
    const calls = send.mock.calls.length;
    expect(calls).toBeGreaterThan(0);
    await vi.advanceTimersByTimeAsync(1500);
    expect(send.mock.calls.length).toBe(calls);
  });
});
