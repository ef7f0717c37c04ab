// Invites: make a link, see who came by which, take one back, and keep the door.

import type { LiveSession } from "../../page/live_session.js";
import type { HostApi, InvitedRole, InviteInfo } from "../../session/api.js";
import { element, setText } from "../dom.js";
import { confirmed, openDialog, wordsOf } from "./dialog.js";
import { qrCode } from "./qr_code.js";
import { symbol } from "./symbols.js";
import { leftWords, ROLE_SENTENCES, ROLE_WORDS, usesWords } from "./words.js";

const HOUR_S = 3_600;
const LASTS: readonly [string, number][] = [
  ["15 minutes", HOUR_S / 4],
  ["2 hours", 2 * HOUR_S],
  ["a day", 24 * HOUR_S],
  ["a week", 7 * 24 * HOUR_S],
  ["30 days", 30 * 24 * HOUR_S],
];
const LASTS_AT_FIRST = 24 * HOUR_S;
const USES: readonly [string, number | null][] = [
  ["one person", 1],
  ["5 people", 5],
  ["20 people", 20],
  ["100 people", 100],
  ["any number", null],
];
const USES_AT_FIRST = 100;
const STATES: Record<InviteInfo["state"], string> = {
  open: "open",
  revoked: "revoked",
  expired: "expired",
  used_up: "used up",
};

/** Newest first, and those that still let somebody in before the others. */
export function sortedInvites(invites: readonly InviteInfo[]): InviteInfo[] {
  const rank = (invite: InviteInfo) => (invite.state === "open" ? 0 : 1);
  return [...invites].sort(
    (a, b) => rank(a) - rank(b) || Date.parse(b.created_at) - Date.parse(a.created_at),
  );
}

/** How long an invite is still good, or why it is not any more. */
export function stateWords(invite: InviteInfo, now_ms: number): string {
  return invite.state === "open" ? leftWords(invite.expires_at, now_ms) : STATES[invite.state];
}

/** Whether revoking does something: it also puts out who came by a link that lets nobody in any more. */
export function isRevocable({ state, came }: InviteInfo): boolean {
  return state === "open" || (state !== "revoked" && came.length > 0);
}

/** What kind of link it is. */
function linkWords({ kind, role }: InviteInfo): string {
  return kind === "agent" ? "agent link" : `${ROLE_WORDS[role]} link`;
}

function aboutWords(invite: InviteInfo, now_ms: number): string {
  const names = invite.came.map(({ name }) => name).join(", ");
  const uses = usesWords(invite.uses, invite.max_uses);
  return `${stateWords(invite, now_ms)} · ${names ? `${uses}: ${names}` : uses}`;
}

/** Opens the dialog of a session's invites. */
export function openInvites(home: HTMLElement, session: LiveSession, api: HostApi): void {
  new Invites(home, session, api);
}

class Invites {
  #made = element("div", { class: "algs-made", attributes: { role: "status" } });
  #list = element("ul", { class: "algs-rows algs-invites" });
  #error = element("p", { class: "algs-error", attributes: { role: "alert" } });
  #end: () => void;

  constructor(
    readonly home: HTMLElement,
    readonly session: LiveSession,
    readonly api: HostApi,
  ) {
    const door = this.#door();
    this.#end = session.changed.on(() => door.update());
    const dialog = openDialog(home, "Invite people", () => this.#end());
    dialog.body.append(
      this.#form(),
      this.#made,
      this.#error,
      door.element,
      element("h3", { text: "Links" }),
      this.#list,
    );
    void this.#load();
  }

  #form(): HTMLElement {
    const role = roleChoice();
    const lasts = choice(LASTS, LASTS_AT_FIRST);
    const uses = choice(USES, USES_AT_FIRST);
    const button = element("button", {
      class: "algs-button algs-primary",
      type: "submit",
      text: "Make a link",
    });
    const form = element("form", {
      class: "algs-invite-form",
      children: [
        role.element,
        element("label", {
          class: "algs-field",
          children: [element("span", { text: "Good for" }), lasts.element],
        }),
        element("label", {
          class: "algs-field",
          children: [element("span", { text: "And for" }), uses.element],
        }),
        button,
      ],
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      button.disabled = true;
      const terms = { role: role.value(), expires_in_s: lasts.value(), max_uses: uses.value() };
      void this.#try(async () => {
        const { link } = await this.api.invite(this.session.id, terms);
        this.#made.replaceChildren(element("p", { text: ONCE }), ...madeLink(link));
        await this.#load();
      }).finally(() => {
        button.disabled = false;
      });
    });
    return form;
  }

  #door(): { element: HTMLElement; update(): void } {
    const box = element("input", { type: "checkbox" });
    const update = () => {
      box.checked = this.session.state.door === "ask";
    };
    box.addEventListener("change", () => {
      const door = box.checked ? "ask" : "open";
      void this.#try(() => this.session.client.ask({ kind: "set_door", door })).finally(update);
    });
    update();
    const words = element("span", {
      children: [
        element("b", { text: "Ask before letting people in" }),
        element("small", { text: "Whoever comes by a link waits until a host lets them in." }),
      ],
    });
    return { element: element("label", { class: "algs-switch", children: [box, words] }), update };
  }

  async #load(): Promise<void> {
    await this.#try(async () => {
      const invites = sortedInvites(await this.api.invites(this.session.id));
      this.#list.replaceChildren(...invites.map((invite) => this.#row(invite)));
      if (invites.length === 0)
        this.#list.append(element("li", { class: "algs-muted", text: "No links yet." }));
    });
  }

  #row(invite: InviteInfo): HTMLElement {
    const now_ms = Date.now();
    const revoke = element("button", { class: "algs-button algs-small", type: "button", text: "Revoke" });
    revoke.setAttribute("aria-label", `Revoke the ${linkWords(invite)}: ${stateWords(invite, now_ms)}`);
    revoke.addEventListener("click", () => void this.#revoke(invite));
    return element("li", {
      class: invite.state === "open" ? "algs-row" : "algs-row algs-past",
      children: [
        element("span", { class: "algs-row-face", children: [symbol("link")] }),
        element("span", {
          class: "algs-row-words",
          children: [
            element("span", { class: "algs-name", text: linkWords(invite) }),
            element("span", { class: "algs-doing algs-wraps", text: aboutWords(invite, now_ms) }),
          ],
        }),
        isRevocable(invite) ? revoke : null,
      ],
    });
  }

  async #revoke(invite: InviteInfo): Promise<void> {
    const count = invite.came.length;
    const who =
      count === 0
        ? "Nobody came by it yet."
        : `${count === 1 ? "Who" : "All who"} came by it and still ${count === 1 ? "has" : "have"} its role will be out at once.`;
    const sure = await confirmed(this.home, {
      title: "Revoke this link?",
      text: `Nobody comes in by it any more. ${who}`,
      action: "Revoke",
      dangerous: true,
    });
    if (!sure) return;
    await this.#try(async () => {
      await this.api.revoke(this.session.id, invite.id);
      await this.#load();
    });
  }

  async #try(work: () => Promise<void>): Promise<void> {
    setText(this.#error, "");
    try {
      await work();
    } catch (why) {
      setText(this.#error, wordsOf(why));
    }
  }
}

function roleChoice(): { element: HTMLElement; value: () => InvitedRole } {
  let role: InvitedRole = "viewer";
  const group = `algs-role-${Math.random().toString(36).slice(2)}`;
  const choices = (["viewer", "co_author"] as const).map((each) => {
    const input = element("input", { type: "radio", attributes: { name: group } });
    input.checked = each === role;
    input.addEventListener("change", () => {
      role = each;
    });
    const words = element("span", {
      children: [element("b", { text: ROLE_WORDS[each] }), element("small", { text: ROLE_SENTENCES[each] })],
    });
    return element("label", { class: "algs-choice", children: [input, words] });
  });
  const made = element("fieldset", {
    class: "algs-choices",
    children: [element("legend", { text: "Who comes by the link is a" }), ...choices],
  });
  return { element: made, value: () => role };
}

function choice<T extends number | null>(
  options: readonly [string, T][],
  at_first: T,
): { element: HTMLSelectElement; value: () => T } {
  const select = element("select", { class: "algs-input" });
  for (const [at, [label, value]] of options.entries()) {
    const option = element("option", { text: label });
    option.value = String(at);
    option.selected = value === at_first;
    select.append(option);
  }
  return { element: select, value: () => options[Number(select.value)]?.[1] ?? at_first };
}

const ONCE =
  "Copy this link now: it is shown this once. Whoever has it comes in, so give it to whom you mean.";

/** A link that was just made, to be copied. */
export function madeLink(link: string): HTMLElement[] {
  const shown = element("input", {
    class: "algs-input algs-link",
    type: "text",
    attributes: { readonly: "", "aria-label": "The link" },
  });
  shown.value = link;
  shown.addEventListener("focus", () => shown.select());
  const copy = element("button", { class: "algs-button algs-primary", type: "button" });
  const words = element("span", { text: "Copy" });
  copy.append(symbol("copy"), words);
  copy.addEventListener("click", () => {
    copyText(shown).then(
      () => setText(words, "Copied"),
      () => setText(words, "Press Ctrl+C"),
    );
  });
  return [element("div", { class: "algs-copy", children: [shown, copy] }), scanned(link)];
}

/** The link as a code for phones, drawn when somebody wants it. */
function scanned(link: string): HTMLElement {
  const fold = element("details", {
    class: "algs-scan",
    children: [element("summary", { text: "Show a QR code for phones" })],
  });
  const draw = async () => {
    const code = await qrCode(link);
    fold.append(code);
    code.scrollIntoView({ block: "nearest" });
  };
  fold.addEventListener("toggle", () => void draw(), { once: true });
  return fold;
}

/** Without https there is no clipboard for scripts, but the text can be selected and copied. */
async function copyText(input: HTMLInputElement): Promise<void> {
  input.select();
  await (navigator.clipboard as Clipboard | undefined)?.writeText(input.value);
  if (!(navigator.clipboard as Clipboard | undefined)) throw new Error("no clipboard");
}
