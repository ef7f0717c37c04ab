// What plays, for all layers at once: listen here, the beat, the tempo, play, hush.

import type { LiveSession } from "../../page/live_session.js";
import { gainOfFader } from "../controls.js";
import { element, setText } from "../dom.js";
import { icon } from "../icons.js";
import { Beat } from "./beat.js";
import { wordsOf } from "./dialog.js";
import { MonitorControl } from "./monitor_control.js";
import { openSoundSettings } from "./sound_settings.js";
import { symbol } from "./symbols.js";
import { TempoControl } from "./tempo_control.js";

const UNLOCK_WORDS = {
  not_yet: "Tap to listen",
  hushed: "Listen again",
  elsewhere: "Another tab plays: listen here",
  other_session: "Another session plays: listen to this one",
  over: "Not in the session any more",
} as const;
/** The fader's place that is full level. */
const FULL = Math.sqrt(0.5);

/** The controls of the whole session. */
export class SoundBar {
  readonly element: HTMLElement;
  #unlock = element("button", { class: "algs-unlock", type: "button" });
  #unlockWords = element("span");
  #monitor: MonitorControl;
  #beat: Beat;
  #settings = element("button", {
    class: "algs-icon-button algs-sound-settings",
    type: "button",
    title: "How this device is heard: its delay",
  });
  #volume = element("input", {
    class: "algs-volume",
    type: "range",
    title: "Your volume: nobody else hears it",
  });
  #tempo: TempoControl;
  #play = element("button", { class: "algs-button algs-primary algs-play", type: "button" });
  #hush = element("button", { class: "algs-button algs-hush", type: "button" });
  #note = element("p", { class: "algs-note", attributes: { role: "status" } });
  #ends: (() => void)[] = [];

  constructor(readonly session: LiveSession) {
    this.#monitor = new MonitorControl(session);
    this.#beat = new Beat(session);
    this.#settings.append(symbol("settings"));
    this.#settings.setAttribute("aria-label", "Sound on this device");
    Object.assign(this.#volume, { min: "0", max: "1", step: "0.01", value: String(FULL) });
    this.#volume.setAttribute("aria-label", "Your volume");
    this.#tempo = new TempoControl(session, (words) => setText(this.#note, words));
    this.#unlock.append(symbol("listen"), this.#unlockWords);
    this.#play.append(icon("play"), element("span", { text: "Play all" }));
    this.#hush.append(icon("hush"), element("span", { text: "Hush" }));
    this.element = element("section", {
      class: "algs-sound",
      attributes: { "aria-label": "Sound" },
      children: [
        this.#unlock,
        this.#monitor.element,
        this.#volume,
        this.#settings,
        this.#beat.element,
        this.#tempo.element,
        this.#note,
        element("span", { class: "algs-space" }),
        this.#play,
        this.#hush,
        this.#monitor.words,
        this.#beat.line,
      ],
    });
    this.#listenTo();
    this.update();
  }

  dispose(): void {
    this.#beat.dispose();
    this.#monitor.dispose();
    this.#tempo.dispose();
    for (const end of this.#ends) end();
  }

  update(): void {
    const { session } = this;
    const { state, engine } = session;
    const sounding = state.playing.size > 0;
    const heard = session.listening && !(sounding && engine.audio === "suspended");
    // One large button while nothing is heard that could be: browsers want a gesture before they make a sound.
    this.#unlock.hidden = heard || (!sounding && session.deaf === "not_yet");
    setText(this.#unlockWords, UNLOCK_WORDS[session.deaf ?? "not_yet"]);
    this.#volume.hidden = this.#settings.hidden = !heard;
    this.#beat.update();
    const mayPlay = session.may("evaluate");
    this.#play.hidden = !mayPlay;
    this.#play.disabled = state.layers.length === 0;
    this.#play.title = "Play every layer as it stands, for everybody";
    this.#hush.hidden = !mayPlay;
    this.#hush.disabled = !sounding;
    this.#hush.title = "Silence every layer, for everybody";
    this.#tempo.update();
  }

  #listenTo(): void {
    const { session } = this;
    this.#unlock.addEventListener("click", () => {
      session.listen(true);
      session.engine.resume();
    });
    this.#settings.addEventListener("click", () =>
      openSoundSettings(this.element.closest<HTMLElement>(".algs") ?? this.element, session),
    );
    this.#volume.addEventListener("input", () => {
      const gain = gainOfFader(Number(this.#volume.value));
      session.engine.stage.send({ kind: "master", gain });
    });
    this.#play.addEventListener("click", () => this.#playAll());
    this.#hush.addEventListener("click", () => void this.#try(() => this.#hushAll()));
    this.#ends.push(
      session.changed.on(() => this.update()),
      session.engine.changed.on(() => this.update()),
    );
  }

  /** Layers that sound as they stand are left alone. */
  #playAll(): void {
    const { session } = this;
    for (const { id } of session.state.layers) {
      const text = session.binding(id).text.toString();
      if (text.trim() === "" || session.state.playing.get(id)?.code === text) continue;
      void this.#try(() => session.play(id));
    }
  }

  /** Hosts hush; a co-author stops one layer after the other. */
  async #hushAll(): Promise<void> {
    const { session } = this;
    if (session.may("hush")) return session.hush();
    await Promise.all([...session.state.playing.keys()].map((id) => session.stop(id)));
  }

  async #try(work: () => Promise<unknown> | unknown): Promise<void> {
    setText(this.#note, "");
    try {
      await work();
    } catch (why) {
      setText(this.#note, wordsOf(why));
    }
  }
}
