// A dialog for the devices of this page: MIDI on this machine, and for hosts OSC through the server.

import { type LinkOut, linkOut } from "../../link/link_out.js";
import { MOST_OFFSET_MS } from "../../link/link_settings.js";
import { askForMidi } from "../../link/midi_access.js";
import type { LiveSession } from "../../page/live_session.js";
import type { HostApi } from "../../session/api.js";
import { setChoices } from "../choices.js";
import { element, setText } from "../dom.js";
import { openDialog, wordsOf } from "./dialog.js";

const CHANNELS = 16;
const NO_DEVICE = "No MIDI device is there. Plug one in: it appears here.";
const OSC_OFF = "This server sends no OSC. Whoever runs it can turn it on: AlgoraveApp.osc_targets.";

/** The session's way out of this page, with what the browser gives. */
function linkOf(session: LiveSession): LinkOut {
  return linkOut(session, () => ({
    askForMidi: () => askForMidi(navigator, isSecureContext),
    kept: browserStorage(),
  }));
}

function browserStorage(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/** Opens the dialog; `api` is there for hosts. What is set goes on when it closes. */
export function openDevices(home: HTMLElement, session: LiveSession, api: HostApi | null): void {
  const link = linkOf(session);
  const ends: (() => void)[] = [];
  const dialog = openDialog(home, "Devices", () => {
    for (const end of ends) end();
  });
  const listen = element("p", { class: "algs-note", attributes: { role: "status" } });
  const midi = midiPart(link);
  const parts = [midi, api === null ? null : oscPart(link, api)].filter((part) => part !== null);
  dialog.body.append(
    element("p", {
      class: "algs-hint",
      text: "What you hear here can play your own synths and drum machines as well, in time with everybody. Nobody else's page is changed by it.",
    }),
    listen,
    ...parts.map(({ element: part }) => part),
  );
  const update = () => {
    setText(listen, session.listening ? "" : "Listen to the session here first: a page sends what it hears.");
    for (const part of parts) part.update();
  };
  ends.push(link.changed.on(update), session.changed.on(update));
  update();
}

interface Part {
  element: HTMLElement;
  update(): void;
}

function group(title: string, ...children: Node[]): HTMLElement {
  return element("fieldset", {
    class: "algs-devices",
    children: [element("legend", { text: title }), ...children],
  });
}

function checkbox(words: string): { label: HTMLElement; input: HTMLInputElement } {
  const input = element("input", { type: "checkbox" });
  return {
    input,
    label: element("label", { class: "algs-check", children: [input, element("span", { text: words })] }),
  };
}

function field(words: string, input: HTMLElement): HTMLElement {
  return element("label", { class: "algs-field", children: [element("span", { text: words }), input] });
}

function errorLine(): HTMLElement {
  return element("p", { class: "algs-error", attributes: { role: "alert" } });
}

/** Choices by value; the chosen one stays chosen. */
function fill(
  select: HTMLSelectElement,
  choices: readonly (readonly [string, string])[],
  chosen: string,
): void {
  setChoices(select, choices);
  select.value = chosen;
}

function midiPart(link: LinkOut): Part {
  const connect = element("button", { class: "algs-button", type: "button", text: "Connect MIDI" });
  const error = errorLine();
  const device = element("select", { class: "algs-input" });
  const clock = checkbox("Clock: tempo, start and stop");
  const offset = element("input", { class: "algs-input", type: "number" });
  Object.assign(offset, { min: String(-MOST_OFFSET_MS), max: String(MOST_OFFSET_MS), step: "1" });
  const layers = element("div", { class: "algs-channels" });
  const set = element("div", {
    class: "algs-devices-set",
    children: [
      field("Device", device),
      clock.label,
      field("Delay in ms; below 0 is earlier", offset),
      element("p", { class: "algs-hint", text: "Which layers play notes, and on which channel:" }),
      layers,
    ],
  });
  connect.addEventListener("click", () => {
    setText(error, "");
    link.connectMidi().catch((why: unknown) => setText(error, wordsOf(why)));
  });
  device.addEventListener("change", () => link.choose(device.value || null));
  clock.input.addEventListener("change", () => link.setClock(clock.input.checked));
  offset.addEventListener("change", () => link.setOffset(Number(offset.value)));
  const update = () => {
    const { ports, port, settings } = link;
    connect.hidden = ports !== null;
    set.hidden = ports === null;
    if (ports === null) return;
    const names = ports.map(({ id, name }) => [id, name ?? "a device without a name"] as const);
    fill(device, [["", ports.length === 0 ? NO_DEVICE : "none"], ...names], port?.id ?? "");
    clock.input.checked = settings.clock;
    if (document.activeElement !== offset) offset.value = String(settings.offset_ms);
    showChannels(layers, link);
  };
  return { element: group("MIDI", connect, error, set), update };
}

/** One choice of a channel for each layer. */
function showChannels(home: HTMLElement, link: LinkOut): void {
  const names = link.session.state.layers.map(({ name }) => name);
  if (home.dataset["shown"] !== JSON.stringify(names)) {
    home.dataset["shown"] = JSON.stringify(names);
    home.replaceChildren(...names.map((name) => channelChoice(name, link)));
  }
  names.forEach((name, index) => {
    const select = home.children[index]?.querySelector("select");
    if (select) select.value = String(link.channelOf(name) ?? "");
  });
}

function channelChoice(name: string, link: LinkOut): HTMLElement {
  const select = element("select", { class: "algs-input" });
  const channels = Array.from({ length: CHANNELS }, (_, index) => String(index + 1));
  fill(select, [["", "no notes"], ...channels.map((each) => [each, `channel ${each}`] as const)], "");
  select.addEventListener("change", () =>
    link.setChannel(name, select.value === "" ? null : Number(select.value)),
  );
  return field(name, select);
}

function oscPart(link: LinkOut, api: HostApi): Part {
  const send = checkbox("Send all layers to SuperDirt");
  const error = errorLine();
  // Nothing has gone wrong where it is off.
  const off = element("p", { class: "algs-hint", attributes: { role: "status" } });
  const { id } = link.session;
  send.input.disabled = true;
  api.sendsOsc(id).then(
    (on) => {
      send.input.disabled = !on;
      if (!on) setText(off, OSC_OFF);
    },
    (why: unknown) => setText(error, wordsOf(why)),
  );
  send.input.addEventListener("change", () => {
    link.sendOsc(send.input.checked ? (haps) => api.sendOsc(id, link.page, haps) : null);
  });
  const update = () => {
    send.input.checked = link.sendsOsc;
    if (link.sendsOsc) setText(error, link.oscTrouble ?? "");
  };
  return { element: group("OSC", send.label, off, error), update };
}
