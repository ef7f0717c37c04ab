// All layers of a session, one below the other: each with its player, who is in it, and what can be done with it.

import type { LiveSession } from "../../page/live_session.js";
import type { Layer } from "../../protocol.js";
import { ProposalList } from "../asks/proposal_list.js";
import { element, setText } from "../dom.js";
import { SharedPlayer, type SharedPlayerOptions } from "../shared_player.js";
import { avatar } from "./avatar.js";
import { askForText, confirmed, openDialog, wordsOf } from "./dialog.js";
import { type MenuItem, menuButton } from "./menu.js";
import { symbol } from "./symbols.js";
import { freeName, layerName } from "./words.js";

const NAMES = ["drums", "bass", "chords", "lead", "pad", "noise"];
const NAME_HINT = "Letters, digits, _ and -; it begins with a letter.";
const MAX_NAME_LENGTH = 40;
const MOST_FACES = 3;

/** What all editors of a page share. */
export type EditorHelp = Pick<SharedPlayerOptions, "reference" | "names">;

/** A name for one more layer. */
export function nextName(taken: readonly string[]): string {
  return NAMES.find((name) => !taken.includes(name)) ?? freeName("layer", taken);
}

class Slot {
  readonly element: HTMLElement;
  #faces = element("span", { class: "algs-slot-faces" });
  #lock = element("span", { class: "algs-slot-lock", title: "Locked: hosts alone change it" });
  #more = element("button", {
    class: "algs-icon-button",
    type: "button",
    title: "Rename, move, lock, remove",
  });
  #player: SharedPlayer;
  #shownFaces = "";
  layer: Layer;

  constructor(
    readonly shelf: LayerShelf,
    layer: Layer,
  ) {
    this.layer = layer;
    const place = element("div", { class: "algs-slot-player" });
    this.#more.append(symbol("more"));
    this.#lock.append(symbol("lock"));
    menuButton(this.#more, () => this.#items());
    this.#more.addEventListener("keydown", (event) => this.#moveByKey(event));
    this.element = element("li", {
      class: "algs-slot",
      children: [
        element("div", { class: "algs-rail", children: [this.#more, this.#lock, this.#faces] }),
        place,
      ],
    });
    // The player finds its document by its parent.
    shelf.list.append(this.element);
    this.#player = new SharedPlayer(place, shelf.session, layer.id, shelf.help);
    this.update(layer);
  }

  update(layer: Layer): void {
    this.layer = layer;
    this.#lock.hidden = !layer.locked;
    this.#more.hidden = this.#items().length === 0;
    this.#more.setAttribute("aria-label", `Layer ${layer.name}: more`);
    this.showPeople();
  }

  showPeople(): void {
    const here = this.shelf.session.people().filter(({ cursorLayer }) => cursorLayer === this.layer.id);
    const others = here.filter(({ participant }) => participant.id !== this.shelf.session.state.you);
    const key = JSON.stringify(
      others.map(({ participant, typing }) => [participant.name, participant.colour, typing]),
    );
    if (key === this.#shownFaces) return;
    this.#shownFaces = key;
    const faces = others.slice(0, MOST_FACES).map(({ participant, typing }) => {
      const face = avatar(participant);
      face.title = `${participant.name} is here${typing ? ", typing" : ""}`;
      face.toggleAttribute("data-typing", typing);
      return face;
    });
    this.#faces.replaceChildren(...faces);
  }

  focusMenu(): void {
    this.#more.focus();
  }

  dispose(): void {
    this.#player.dispose();
    this.element.remove();
  }

  #items(): MenuItem[] {
    const { session } = this.shelf;
    const { layer } = this;
    const items: MenuItem[] = [];
    const at = session.state.layers.findIndex(({ id }) => id === layer.id);
    const last = session.state.layers.length - 1;
    const locked = layer.locked && !session.may("lock") ? "locked by a host" : null;
    if (session.may("arrange"))
      items.push(
        { label: "Rename …", unavailable: locked, run: () => this.#rename() },
        {
          label: "Move up",
          hint: "Alt+↑",
          unavailable: at <= 0 ? "it is the first" : locked,
          run: () => this.#move(-1),
        },
        {
          label: "Move down",
          hint: "Alt+↓",
          unavailable: at >= last ? "it is the last" : locked,
          run: () => this.#move(1),
        },
      );
    if (session.may("lock"))
      items.push({
        label: layer.locked ? "Unlock" : "Lock",
        hint: layer.locked ? "co-authors may change it again" : "hosts alone change it then",
        run: () => this.shelf.ask({ kind: "lock_layer", layer: layer.id, locked: !layer.locked }),
      });
    items.push(
      ...agentItems(session, layer, locked, (ai) =>
        this.shelf.ask({ kind: "set_layer_ai", layer: layer.id, ai }),
      ),
    );
    if (session.may("arrange"))
      items.push({ label: "Remove …", dangerous: true, unavailable: locked, run: () => void this.#remove() });
    return items;
  }

  #moveByKey(event: KeyboardEvent): void {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (step === undefined || !event.altKey) return;
    event.preventDefault();
    this.#move(step);
  }

  #move(step: number): void {
    const at = this.shelf.session.state.layers.findIndex(({ id }) => id === this.layer.id);
    const index = at + step;
    if (index < 0 || index >= this.shelf.session.state.layers.length) return;
    this.shelf.ask({ kind: "move_layer", layer: this.layer.id, index });
  }

  #rename(): void {
    const { layer, shelf } = this;
    askForText(shelf.home(), {
      title: `Rename ${layer.name}`,
      label: "Name",
      value: layer.name,
      action: "Rename",
      maxLength: MAX_NAME_LENGTH,
      hint: NAME_HINT,
      submit: (typed) =>
        shelf.session.client.ask({ kind: "rename_layer", layer: layer.id, name: layerName(typed) ?? typed }),
    });
  }

  async #remove(): Promise<void> {
    const { layer, shelf } = this;
    const sure = await confirmed(shelf.home(), {
      title: `Remove ${layer.name}?`,
      text: "It goes silent and away for everybody. Its text stays in the session's history.",
      action: "Remove",
      dangerous: true,
    });
    if (sure) shelf.ask({ kind: "remove_layer", layer: layer.id });
  }
}

const AGENT_CHOICES: readonly [Layer["ai"], string, string][] = [
  ["credit", "Agent may change it", "and who it was is said beside it"],
  ["yes", "Agent may change it, unsaid", "nothing is said beside it"],
  ["no", "Agent keeps out", "it neither sees nor changes it"],
];

/** What the agent may do with a layer, where there may be one. */
function agentItems(
  session: LiveSession,
  layer: Layer,
  locked: string | null,
  choose: (ai: Layer["ai"]) => void,
): MenuItem[] {
  if (!session.state.ai || !session.may("arrange")) return [];
  return AGENT_CHOICES.map(([ai, label, hint]) => ({
    label: ai === layer.ai ? `✓ ${label}` : label,
    hint,
    unavailable: locked,
    run: () => choose(ai),
  }));
}

/** The layers, kept as the session has them. */
export class LayerShelf {
  readonly element: HTMLElement;
  readonly list = element("ol", { class: "algs-slots", attributes: { "aria-label": "Layers" } });
  #add = element("button", { class: "algs-add", type: "button" });
  #empty = element("p", { class: "algs-empty", attributes: { role: "status" } });
  #slots = new Map<string, Slot>();
  /** What was asked and stands beside no layer. */
  #proposals: ProposalList;
  #ends: (() => void)[];

  constructor(
    readonly session: LiveSession,
    readonly help: EditorHelp,
  ) {
    this.#proposals = new ProposalList(session, null);
    this.#add.append(symbol("plus"), element("span", { text: "Add a layer" }));
    this.#add.addEventListener("click", () => this.#addLayer());
    this.element = element("div", {
      class: "algs-shelf",
      children: [this.list, this.#empty, this.#proposals.element, this.#add],
    });
    this.#ends = [session.changed.on(() => this.update())];
  }

  /** To be called once the shelf is in the page. */
  start(): void {
    this.update();
  }

  home(): HTMLElement {
    return this.element.closest<HTMLElement>(".algs") ?? this.element;
  }

  dispose(): void {
    for (const end of this.#ends) end();
    for (const slot of this.#slots.values()) slot.dispose();
    this.#proposals.dispose();
  }

  /** The layer that this part of the page is in; null when it is in none. */
  layerAt(target: Element | null): string | null {
    for (const [id, slot] of this.#slots) if (slot.element.contains(target)) return id;
    return null;
  }

  /** Asks the session for something; a refusal is shown in a dialog. */
  ask(request: Parameters<LiveSession["client"]["ask"]>[0]): void {
    this.session.client.ask(request).catch((why: unknown) => {
      openDialog(this.home(), "That was not done").body.append(element("p", { text: wordsOf(why) }));
    });
  }

  update(): void {
    const { layers, you } = this.session.state;
    this.#add.hidden = !this.session.may("arrange");
    this.#empty.hidden = layers.length > 0 || you === null;
    setText(this.#empty, layers.length > 0 ? "" : "No layers yet.");
    const there = new Set(layers.map(({ id }) => id));
    for (const [id, slot] of this.#slots) {
      if (there.has(id)) continue;
      slot.dispose();
      this.#slots.delete(id);
    }
    for (const layer of layers) {
      const known = this.#slots.get(layer.id);
      if (known) known.update(layer);
      else this.#slots.set(layer.id, new Slot(this, layer));
    }
    this.#sort(layers);
  }

  /** Moves only what is not in its place: an editor that is moved loses its focus. */
  #sort(layers: readonly Layer[]): void {
    const focused = document.activeElement;
    let moved = false;
    for (const [at, { id }] of layers.entries()) {
      const slot = this.#slots.get(id)?.element;
      if (!slot || this.list.children[at] === slot) continue;
      this.list.insertBefore(slot, this.list.children[at] ?? null);
      moved = true;
    }
    if (moved && focused instanceof HTMLElement && this.list.contains(focused)) focused.focus();
  }

  #addLayer(): void {
    const taken = this.session.state.layers.map(({ name }) => name);
    askForText(this.home(), {
      title: "Add a layer",
      label: "Name",
      value: nextName(taken),
      action: "Add",
      maxLength: MAX_NAME_LENGTH,
      hint: NAME_HINT,
      submit: (typed) => this.session.client.ask({ kind: "add_layer", name: layerName(typed) ?? typed }),
    });
  }
}
