// The view of a layer of a session: the player, with a text that everybody edits and a sound that everybody hears.

import type { EditorView } from "@codemirror/view";
import type { Names } from "../editor/completion.js";
import type { Reference } from "../editor/reference.js";
import { type CursorBoard, scrollToOffset } from "../editor/remote_cursors.js";
import { setWritable, sharedText } from "../editor/shared_text.js";
import { changeBetween } from "../editor/text_change.js";
import type { LiveSession } from "../page/live_session.js";
import { Signal } from "../page/signal.js";
import type { RemoteCursor } from "../session/presence.js";
import { type AskBoxOptions, opensAsks } from "./asks/ask_box.js";
import { AskDrawer } from "./asks/ask_drawer.js";
import { Credit } from "./asks/credit.js";
import { ProposalList } from "./asks/proposal_list.js";
import { styleAsks } from "./asks/styles_asks.js";
import { ConflictView } from "./conflict.js";
import { element } from "./dom.js";
import { LayerStrip } from "./layer_strip.js";
import { Player } from "./player.js";
import { sessionTransport } from "./session_transport.js";
import { Soon } from "./soon.js";
import { styleHome } from "./styles.js";

/** The notebook cell that shows the layer: the live text can be written back into it. */
export interface CellPort {
  /** Whether the cell says something else than the live text. */
  differsFrom(live: string): boolean;
  /** Puts the live text into the cell, as one step that the notebook's undo takes back. */
  write(live: string): void;
  /** Calls back after each change of the cell; the result ends it. */
  onChange(listener: () => void): () => void;
}

/** What a shared player takes besides session and layer. */
export interface SharedPlayerOptions {
  reference: () => Promise<Reference>;
  names: () => Names;
  /** The cell that the live text can be written back to. */
  cell?: CellPort | null;
  /** The cell said something that could not be merged with the live text. */
  conflict?: { cell: string } | null;
  /** That one asks the agent here; left out where the page around has a place for that. */
  asks?: Pick<AskBoxOptions, "command">;
}

/** The view of one layer of a session in `parent`. */
export class SharedPlayer {
  readonly player: Player;
  readonly #board: CursorBoard & { changed: Signal<void> };
  readonly #strip: LayerStrip;
  readonly #conflict: ConflictView | null;
  readonly #proposals: ProposalList;
  readonly #credit = new Credit();
  #drawer: AskDrawer | null = null;
  #mayWrite = false;
  #ends: (() => void)[] = [];
  #unwatch: () => void = () => undefined;
  #followed = "";
  /** Never while the editor is in the middle of an edit. */
  #soon = new Soon(() => this.update());

  constructor(
    parent: HTMLElement,
    readonly session: LiveSession,
    readonly layerId: string,
    readonly options: SharedPlayerOptions,
  ) {
    const layer = session.layer(layerId);
    this.#board = this.#makeBoard();
    this.#mayWrite = this.#maySet();
    this.player = new Player(parent, session.engine, layer, {
      code: this.#text,
      cps: null,
      problems: [],
      reference: options.reference,
      names: options.names,
      onChange: null,
      transport: sessionTransport(session, layerId),
      shared: this.#extension(),
    });
    styleAsks(styleHome(parent));
    this.#strip = new LayerStrip(session, layerId, options.cell ?? null);
    const { conflict = null } = options;
    this.#conflict =
      conflict && new ConflictView(conflict.cell, (text) => this.#resolve(conflict.cell, text));
    this.#proposals = new ProposalList(session, layerId);
    const code = this.element.querySelector(".alg-code");
    code?.before(this.#strip.element);
    if (this.#conflict) code?.before(this.#conflict.element);
    code?.after(this.#proposals.element);
    this.element.querySelector(".alg-title")?.after(this.#credit.element);
    if (options.asks) this.#addAsks(options.asks);
    this.#connect();
    this.#bound();
    this.update();
  }

  get element(): HTMLElement {
    return this.player.element;
  }

  get editor(): EditorView {
    return this.player.editor;
  }

  /** Shows what has changed in the session. */
  update(): void {
    const mayWrite = this.#maySet();
    if (mayWrite !== this.#mayWrite) {
      this.#mayWrite = mayWrite;
      setWritable(this.editor, mayWrite);
    }
    this.#conflict?.update(this.#text, this.session.client.replica.hasArrived, mayWrite);
    this.#strip.update(this.#text, this.#conflict?.isOpen ?? false);
    this.#credit.update(this.session.state.layers.find(({ id }) => id === this.layerId));
    this.#follow();
    this.player.update();
  }

  dispose(): void {
    this.#soon.end();
    this.#unwatch();
    for (const end of this.#ends) end();
    this.#strip.dispose();
    this.#proposals.dispose();
    this.#drawer?.dispose();
    this.player.dispose();
  }

  /** A button in the header, and where the box opens below the code. */
  #addAsks(asks: Pick<AskBoxOptions, "command">): void {
    const button = element("button", { class: "alg-asks-button", type: "button", text: "Ask" });
    button.title = "Ask the agent to change this layer (Ctrl+Shift+A)";
    const drawer = new AskDrawer(this.session, button, { ...asks, layer: this.layerId });
    this.element.querySelector(".alg-hush")?.before(button);
    this.#proposals.element.after(drawer.element);
    // Before the editor takes the key, and before anybody around does.
    const listener = (event: KeyboardEvent) => {
      if (!opensAsks(event)) return;
      event.preventDefault();
      event.stopPropagation();
      drawer.open();
    };
    this.element.addEventListener("keydown", listener, { capture: true });
    this.#drawer = drawer;
  }

  get #text(): string {
    return this.session.binding(this.layerId).text.toString();
  }

  /** Before the server's text is here, whatever is typed would stand beside it. */
  #maySet(): boolean {
    const { session } = this;
    return session.client.replica.hasArrived && session.barred("edit", this.layerId) === null;
  }

  #extension() {
    return sharedText(this.session.binding(this.layerId), this.#board, this.#mayWrite);
  }

  #makeBoard(): CursorBoard & { changed: Signal<void> } {
    const { presence } = this.session;
    return {
      changed: new Signal<void>(),
      cursors: (): RemoteCursor[] => (presence.hidden ? [] : presence.cursorsIn(this.layerId)),
      point: (anchor, head) => presence.point(this.layerId, anchor, head),
      typed: () => {
        this.session.follow(null);
        presence.typed();
      },
    };
  }

  #connect(): void {
    const { session, player } = this;
    const leaveFollowing = () => session.follow(null);
    for (const kind of ["pointerdown", "wheel"] as const)
      player.element.addEventListener(kind, leaveFollowing, { passive: true });
    this.#ends.push(
      session.changed.on(() => this.#soon.ask()),
      session.presence.changed.on(() => this.#board.changed.emit()),
      session.rebound.on((texts) => this.#rebind(texts)),
    );
    const end = this.options.cell?.onChange(() => this.#soon.ask());
    if (end) this.#ends.push(end);
  }

  /** Listens to the document there is now. */
  #bound(): void {
    const { text } = this.session.binding(this.layerId);
    const changed = () => this.#soon.ask();
    text.observe(changed);
    const end = this.session.client.replica.arrived.on(changed);
    this.#unwatch = () => {
      text.unobserve(changed);
      end();
    };
  }

  #rebind(texts: ReadonlyMap<string, string>): void {
    this.#unwatch();
    const words = texts.get(this.layerId);
    if (words !== undefined) this.#strip.offer(words);
    this.#mayWrite = this.#maySet();
    this.player.rebind(this.#text, this.#extension());
    this.#bound();
    this.update();
  }

  /** The live text stays as it is, or becomes the cell's: one step, that undo takes back. */
  #resolve(cell: string, keeps: "live" | "cell"): void {
    if (keeps === "live") {
      this.options.cell?.write(this.#text);
      return;
    }
    const { undo } = this.session.binding(this.layerId);
    const change = changeBetween(this.#text, cell);
    if (change === null) return;
    undo.stopCapturing();
    this.editor.dispatch({ changes: { from: change.start, to: change.end, insert: change.text } });
    undo.stopCapturing();
  }

  /** Goes along with the one who is followed, when they are in this layer and have moved. */
  #follow(): void {
    const { following, presence } = this.session;
    const cursors = following === null ? [] : presence.cursorsIn(this.layerId);
    const cursor = cursors.find((each) => each.by === following);
    this.element.toggleAttribute("data-followed", cursor !== undefined);
    if (cursor) this.element.style.setProperty("--alg-who", cursor.colour);
    const place = cursor ? `${cursor.client}:${cursor.head}` : "";
    if (place === this.#followed) return;
    this.#followed = place;
    if (!cursor) return;
    this.element.scrollIntoView({ block: "nearest", behavior: "smooth" });
    scrollToOffset(this.editor, cursor.head);
  }
}
