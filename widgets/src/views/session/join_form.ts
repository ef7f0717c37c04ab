// What somebody with an invite fills in: a name and a colour. The avatar shows how it will look.

import type { Invitation } from "../../session/api.js";
import { element } from "../dom.js";
import { avatar } from "./avatar.js";
import { wordsOf } from "./dialog.js";
import { COLOURS } from "./person_colours.js";
import { ring } from "./ring.js";
import { MAX_NAME_LENGTH, ROLE_SENTENCES, ROLE_WORDS } from "./words.js";

/** What a join form starts with, and what it does. */
export interface JoinFormOptions {
  invitation: Invitation;
  name: string;
  colour: string;
  /** Comes in; what it throws is shown. */
  join(name: string, colour: string): Promise<void>;
}

/** The form, a card of its own. */
export function joinForm(options: JoinFormOptions): HTMLElement {
  const name = element("input", { class: "algs-input algs-large", type: "text" });
  Object.assign(name, { value: options.name, maxLength: MAX_NAME_LENGTH, required: true });
  name.setAttribute("autocomplete", "nickname");
  name.placeholder = "What shall we call you?";
  const button = element("button", { class: "algs-button algs-primary algs-large", type: "submit" });
  button.textContent = "Join";
  const error = element("p", { class: "algs-error", attributes: { role: "alert" } });
  const face = element("div", { class: "algs-face" });
  const colours = swatches(options.colour, () => show());
  const show = () =>
    face.replaceChildren(avatar({ name: name.value.trim() || "?", colour: colours.colour() }));
  name.addEventListener("input", show);
  show();
  const form = element("form", {
    class: "algs-card algs-join",
    children: [
      ring(face),
      ...invitationWords(options.invitation),
      element("label", { class: "algs-field", children: [element("span", { text: "Your name" }), name] }),
      colours.element,
      error,
      button,
      element("p", {
        class: "algs-hint",
        text: "No account, nothing to install. This browser is remembered for twelve hours at most.",
      }),
    ],
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.disabled = true;
    error.textContent = "";
    options.join(name.value.trim(), colours.colour()).catch((why: unknown) => {
      button.disabled = false;
      error.textContent = wordsOf(why);
    });
  });
  return form;
}

function invitationWords({ title, role, by }: Invitation): HTMLElement[] {
  return [
    element("h1", { text: title }),
    element("p", {
      class: "algs-lead",
      children: [
        element("span", { text: `${by} invites you to live code music together.` }),
        element("span", {
          class: "algs-role-line",
          children: [
            element("span", { text: "You will be a " }),
            element("b", { text: ROLE_WORDS[role] }),
            element("span", { text: ` who ${ROLE_SENTENCES[role]}.` }),
          ],
        }),
      ],
    }),
  ];
}

/** Colours to choose one from. */
export function swatches(
  chosen: string,
  onChange: () => void,
): { element: HTMLElement; colour: () => string } {
  let colour = COLOURS.some((each) => each.colour === chosen) ? chosen : COLOURS[0].colour;
  const group = `algs-colour-${Math.random().toString(36).slice(2)}`;
  const choices = COLOURS.map((each) => {
    const input = element("input", { type: "radio", attributes: { name: group, "aria-label": each.name } });
    input.value = each.colour;
    input.checked = each.colour === colour;
    input.addEventListener("change", () => {
      colour = each.colour;
      onChange();
    });
    const swatch = element("label", { class: "algs-swatch", title: each.name, children: [input] });
    swatch.style.setProperty("--person", each.colour);
    return swatch;
  });
  return {
    element: element("fieldset", {
      class: "algs-swatches",
      children: [element("legend", { text: "Your colour" }), ...choices],
    }),
    colour: () => colour,
  };
}
