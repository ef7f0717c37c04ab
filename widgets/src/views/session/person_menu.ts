// What can be done about a person: by hosts, and by everybody about themselves.

import type { LivePerson, LiveSession } from "../../page/live_session.js";
import type { Participant, Role } from "../../protocol.js";
import type { HostApi } from "../../session/api.js";
import { element } from "../dom.js";
import { avatar } from "./avatar.js";
import { type Dialog, openDialog, wordsOf } from "./dialog.js";
import { swatches } from "./join_form.js";
import type { MenuItem } from "./menu.js";
import { MAX_NAME_LENGTH, ROLE_SENTENCES, ROLE_WORDS } from "./words.js";

const ROLES: readonly Role[] = ["host", "co_author", "viewer"];
const DAY_S = 86_400;
const BANS: readonly { label: string; expires_in_s: number | null }[] = [
  { label: "for an hour", expires_in_s: 3_600 },
  { label: "for a day", expires_in_s: DAY_S },
  { label: "for a week", expires_in_s: 7 * DAY_S },
  { label: "until a host lifts it", expires_in_s: null },
];

/** The lines of a person's menu; `near` is an element of the view, for dialogs. */
export function personMenu(
  session: LiveSession,
  api: HostApi | null,
  person: LivePerson,
  near: HTMLElement,
): MenuItem[] {
  const { participant } = person;
  const isYou = participant.id === session.state.you;
  const home = near.closest<HTMLElement>(".algs") ?? near;
  const items: MenuItem[] = [];
  if (isYou) items.push(...ownItems(session, home, participant));
  if (!session.may("members")) return items;
  const ask = asker(session, home);
  for (const role of ROLES.filter((each) => each !== participant.role))
    items.push({
      label: isYou ? `Step down to ${ROLE_WORDS[role]}` : `Make ${ROLE_WORDS[role]}`,
      hint: ROLE_SENTENCES[role],
      run: () => ask({ kind: "set_role", participant: participant.id, role }),
    });
  if (isYou) return items;
  const { may_chat: mayChat } = participant;
  items.push({
    label: mayChat ? "Turn chat off" : "Turn chat on",
    run: () => ask({ kind: "set_chat", participant: participant.id, allowed: !mayChat }),
  });
  const isHost = participant.role === "host" ? "take the host's role away first" : null;
  items.push(
    {
      label: "Remove",
      hint: "out now; may come again by a link",
      dangerous: true,
      unavailable: isHost,
      run: () => ask({ kind: "remove", participant: participant.id, ban: false }),
    },
    {
      label: "Ban …",
      hint: "out now, and stays out",
      dangerous: true,
      unavailable: isHost,
      run: () => banSomebody(session, api, home, participant),
    },
  );
  return items;
}

function ownItems(session: LiveSession, home: HTMLElement, you: Participant): MenuItem[] {
  const { presence } = session;
  return [
    { label: "Change name and colour …", run: () => introduceYourself(session, home, you) },
    {
      label: presence.hidden ? "Show cursors" : "Hide cursors",
      hint: "of the others, in this browser",
      run: () => {
        presence.hidden = !presence.hidden;
      },
    },
  ];
}

/** Asks the session; a refusal is shown in a dialog. */
function asker(
  session: LiveSession,
  home: HTMLElement,
): (request: Parameters<LiveSession["client"]["ask"]>[0]) => void {
  return (request) => {
    session.client.ask(request).catch((why: unknown) => {
      const dialog = openDialog(home, "That was not done");
      dialog.body.append(element("p", { text: wordsOf(why) }));
    });
  };
}

/** A form in a dialog that stays until what it asks for is done. */
function formIn(
  dialog: Dialog,
  parts: Node[],
  action: string,
  dangerous: boolean,
  submit: () => Promise<void>,
): void {
  const error = element("p", { class: "algs-error", attributes: { role: "alert" } });
  const button = element("button", {
    class: `algs-button ${dangerous ? "algs-danger" : "algs-primary"}`,
    type: "submit",
    text: action,
  });
  const form = element("form", {
    children: [...parts, error, element("div", { class: "algs-actions", children: [button] })],
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.disabled = true;
    submit().then(dialog.close, (why: unknown) => {
      button.disabled = false;
      error.textContent = wordsOf(why);
    });
  });
  dialog.body.append(form);
}

function introduceYourself(session: LiveSession, home: HTMLElement, you: Participant): void {
  const dialog = openDialog(home, "You in this session");
  const name = element("input", { class: "algs-input", type: "text" });
  Object.assign(name, { value: you.name, maxLength: MAX_NAME_LENGTH, required: true });
  const face = element("div", { class: "algs-face" });
  const colours = swatches(you.colour, () => show());
  const show = () =>
    face.replaceChildren(avatar({ name: name.value.trim() || "?", colour: colours.colour() }));
  name.addEventListener("input", show);
  show();
  const field = element("label", {
    class: "algs-field",
    children: [element("span", { text: "Name" }), name],
  });
  formIn(dialog, [face, field, colours.element], "Save", false, () =>
    session.client.ask({ kind: "introduce", name: name.value.trim(), colour: colours.colour() }),
  );
}

function banSomebody(
  session: LiveSession,
  api: HostApi | null,
  home: HTMLElement,
  person: Participant,
): void {
  const dialog = openDialog(home, `Ban ${person.name}`);
  const choice = element("select", { class: "algs-input" });
  for (const [at, { label }] of BANS.entries()) {
    const option = element("option", { text: label });
    option.value = String(at);
    choice.append(option);
  }
  const field = element("label", {
    class: "algs-field",
    children: [element("span", { text: "How long" }), choice],
  });
  const words = element("p", { text: `${person.name} is out at once and does not come in by any link.` });
  formIn(dialog, [words, ...(api ? [field] : [])], "Ban", true, () => {
    if (!api) return session.client.ask({ kind: "remove", participant: person.id, ban: true });
    const expires_in_s = BANS[Number(choice.value)]?.expires_in_s ?? null;
    return api.ban(session.id, { participant: person.id, expires_in_s });
  });
}
