// How this device is heard: for headphones and loudspeakers whose delay no browser knows.

import { MOST_LAG_MS, rememberLag } from "../../page/lag.js";
import type { LiveSession } from "../../page/live_session.js";
import { element, setText } from "../dom.js";
import { openDialog } from "./dialog.js";

/** What a number of ms means. */
export function lagWords(lag_ms: number): string {
  if (lag_ms === 0) return "As the browser says.";
  const how = lag_ms > 0 ? "late, so it is played earlier" : "early, so it is played later";
  return `My sound comes ${Math.abs(lag_ms)} ms too ${how}.`;
}

/** Opens the settings over `home`. */
export function openSoundSettings(home: HTMLElement, session: LiveSession): void {
  const { engine } = session;
  const dialog = openDialog(home, "Sound on this device");
  const range = element("input", { class: "algs-lag", type: "range" });
  const number = element("input", { class: "algs-input algs-lag-number", type: "number" });
  const reset = element("button", { class: "algs-button", type: "button", text: "Back to 0" });
  const words = element("p", { class: "algs-muted", attributes: { role: "status" } });
  for (const input of [range, number])
    Object.assign(input, { min: String(-MOST_LAG_MS), max: String(MOST_LAG_MS), step: "1" });
  range.setAttribute("aria-label", "How late your sound comes, in milliseconds");
  number.setAttribute("aria-label", "How late your sound comes, in milliseconds, as a number");
  const show = () => {
    range.value = String(engine.lag_ms);
    if (document.activeElement !== number) number.value = String(engine.lag_ms);
    setText(words, lagWords(engine.lag_ms));
    reset.disabled = engine.lag_ms === 0;
  };
  const set = (lag_ms: number) => {
    engine.lag_ms = lag_ms;
    rememberLag(engine.lag_ms);
    show();
  };
  range.addEventListener("input", () => set(Number(range.value)));
  number.addEventListener("input", () => {
    if (number.value !== "") set(Number(number.value));
  });
  number.addEventListener("blur", show);
  reset.addEventListener("click", () => {
    number.blur();
    set(0);
  });
  const latency_ms = Math.round(engine.punctuality.outputLatency_ms);
  const about = `The browser says that sound takes ${latency_ms} ms from here to your ear, and that is made up for. Wireless headphones are often later and do not say so: when you play behind the others, move this until you are together. It moves this device alone.`;
  dialog.body.append(
    element("p", { text: about }),
    element("div", {
      class: "algs-lag-row",
      children: [range, number, element("span", { text: "ms late" })],
    }),
    words,
    element("div", { class: "algs-actions", children: [reset] }),
  );
  show();
}
