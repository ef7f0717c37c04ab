// Who may not come back, and how long; hosts lift a ban here, or ban an address.

import type { BanInfo, HostApi, PersonInfo } from "../../session/api.js";
import { element, setText } from "../dom.js";
import { avatar } from "./avatar.js";
import { openDialog, wordsOf } from "./dialog.js";
import { symbol } from "./symbols.js";
import { agoWords, leftWords } from "./words.js";

const HOUR_S = 3_600;

/** Opens the dialog of a session's bans. */
export function openBans(home: HTMLElement, id: string, api: HostApi): void {
  const dialog = openDialog(home, "Bans");
  const list = element("ul", { class: "algs-rows" });
  const error = element("p", { class: "algs-error", attributes: { role: "alert" } });
  const attempt = async (work: () => Promise<void>) => {
    setText(error, "");
    try {
      await work();
    } catch (why) {
      setText(error, wordsOf(why));
    }
  };
  const load = () =>
    attempt(async () => {
      const [bans, people] = await Promise.all([api.bans(id), api.people(id)]);
      const lift = (ban: BanInfo) => attempt(() => api.lift(id, ban.id)).then(load);
      list.replaceChildren(...bans.map((ban) => banRow(ban, people, lift)));
      if (bans.length === 0) list.append(element("li", { class: "algs-muted", text: "Nobody is banned." }));
    });
  dialog.body.append(
    element("p", {
      text: "A person is banned from the list of people. An address keeps out everybody who comes from it: everyone in a house or a school may share one.",
    }),
    list,
    addressForm((address) => attempt(() => api.ban(id, { address, expires_in_s: HOUR_S * 24 })).then(load)),
    error,
  );
  void load();
}

function banRow(
  ban: BanInfo,
  people: readonly PersonInfo[],
  lift: (ban: BanInfo) => Promise<void>,
): HTMLElement {
  const now_ms = Date.now();
  const person = people.find(({ id }) => id === ban.participant);
  const name = person?.name ?? ban.address ?? "somebody";
  const by = people.find(({ id }) => id === ban.by)?.name;
  const about = [
    leftWords(ban.until_at, now_ms),
    by ? `by ${by} ${agoWords(ban.at, now_ms)}` : agoWords(ban.at, now_ms),
    ban.reason,
  ];
  const button = element("button", { class: "algs-button algs-small", type: "button", text: "Lift" });
  button.setAttribute("aria-label", `Lift the ban of ${name}`);
  button.addEventListener("click", () => void lift(ban));
  return element("li", {
    class: "algs-row",
    children: [
      element("span", { class: "algs-row-face", children: [person ? avatar(person) : symbol("door")] }),
      element("span", {
        class: "algs-row-words",
        children: [
          element("span", {
            class: "algs-row-name",
            children: [element("span", { class: "algs-name", text: name })],
          }),
          element("span", {
            class: "algs-doing algs-wraps",
            text: about.filter((word) => word !== "").join(" · "),
          }),
        ],
      }),
      button,
    ],
  });
}

function addressForm(ban: (address: string) => Promise<void>): HTMLElement {
  const address = element("input", { class: "algs-input", type: "text" });
  Object.assign(address, { required: true, maxLength: 64, placeholder: "192.0.2.7 or 192.0.2.0/24" });
  const button = element("button", { class: "algs-button", type: "submit", text: "Ban for a day" });
  const form = element("form", {
    class: "algs-inline-form",
    children: [
      element("label", { class: "algs-field", children: [element("span", { text: "Address" }), address] }),
      button,
    ],
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void ban(address.value.trim()).then(() => {
      address.value = "";
    });
  });
  return form;
}
