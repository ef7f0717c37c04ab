// Where the people of a session are, as their pages say it: layer, cursor, typing. Who they are the server says.

import type { Awareness } from "y-protocols/awareness";
import * as Y from "yjs";
import { Signal } from "../page/signal.js";
import { LAYER_ROOT_PREFIX } from "../protocol.js";
import type { SessionClient } from "./client.js";

const TYPING_LASTS_MS = 2_000;
const HIDE_KEY = "algorave.hide_cursors";

/** Somebody's cursor in the text of a layer, in UTF-16 offsets. */
export interface RemoteCursor {
  /** Yjs client id: one page of a participant. */
  client: number;
  /** The participant's id. */
  by: string;
  name: string;
  colour: string;
  typing: boolean;
  anchor: number;
  head: number;
}

/** What another page of the session shows of its person. */
export interface Whereabouts {
  client: number;
  by: string;
  name: string;
  colour: string;
  layer: string | null;
  typing: boolean;
  cursor: { anchor: unknown; head: unknown } | null;
}

interface Own {
  layer: string | null;
  typing: boolean;
  cursor: { anchor: Y.RelativePosition; head: Y.RelativePosition } | null;
}

const bag = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};

/** Reads what a page says of itself: all but `user`, which is the server's, comes from a stranger. */
export function readWhereabouts(client: number, state: unknown): Whereabouts | null {
  const { user, layer, typing, cursor } = bag(state);
  const { id, name, color } = bag(user);
  if (typeof id !== "string" || typeof name !== "string") return null;
  if (typeof color !== "string" || !/^#[0-9a-f]{6}$/i.test(color)) return null;
  const { anchor, head } = bag(cursor);
  const isCursor = typeof anchor === "object" && anchor !== null && typeof head === "object" && head !== null;
  return {
    client,
    by: id,
    name,
    colour: color,
    layer: typeof layer === "string" ? layer : null,
    typing: typing === true,
    cursor: isCursor ? { anchor, head } : null,
  };
}

/** The offset in `text` of a position that a stranger's page sent; null when it is not in this text. */
export function offsetIn(text: Y.Text, root: string, position: unknown): number | null {
  const { tname, item, assoc } = bag(position);
  // Yjs would make a root of any name that it is asked for.
  if (tname !== root || text.doc === null) return null;
  const { client, clock } = bag(item);
  const isAtItem = Number.isSafeInteger(client) && Number.isSafeInteger(clock);
  if (item !== undefined && item !== null && !isAtItem) return null;
  try {
    const sticks = assoc === -1 ? -1 : 0;
    const json = { tname, assoc: sticks, ...(isAtItem ? { item: { client, clock } } : {}) };
    const at = Y.createRelativePositionFromJSON(json);
    const absolute = Y.createAbsolutePositionFromRelativePosition(at, text.doc);
    return absolute?.type === text ? Math.min(absolute.index, text.length) : null;
  } catch {
    return null; // points at letters that have not arrived here
  }
}

/** Where everybody is. The own place is sent at most ten times a second, and only by those who may edit. */
export class Presence {
  /** Somebody else moved, came or went, or cursors are shown or hidden from now on. */
  readonly changed = new Signal<void>();
  readonly #client: SessionClient;
  #awareness: Awareness;
  #own: Own = { layer: null, typing: false, cursor: null };
  #typing: ReturnType<typeof setTimeout> | undefined;
  #hidden = readHidden();
  #ends: (() => void)[] = [];

  constructor(client: SessionClient) {
    this.#client = client;
    this.#awareness = client.replica.awareness;
    this.#watch();
    this.#ends.push(
      client.reset.on(() => this.#watch()),
      client.changed.on(() => this.#tell()),
    );
  }

  /** Everybody else's pages. */
  get others(): Whereabouts[] {
    const own = this.#awareness.clientID;
    return [...this.#awareness.getStates()].flatMap(([client, state]) => {
      const read = client === own ? null : readWhereabouts(client, state);
      return read === null ? [] : [read];
    });
  }

  /** What this page shows of its person. */
  get own(): { layer: string | null; typing: boolean } {
    return this.#own;
  }

  /** Whether other people's cursors are left out of the texts; kept in this browser. */
  get hidden(): boolean {
    return this.#hidden;
  }

  set hidden(hidden: boolean) {
    this.#hidden = hidden;
    try {
      localStorage.setItem(HIDE_KEY, hidden ? "1" : "");
    } catch {
      // A browser may forbid storage: then it holds for this page.
    }
    this.changed.emit();
  }

  /** The cursors in a layer, also when they are hidden: following needs them. */
  cursorsIn(layerId: string): RemoteCursor[] {
    const text = this.#client.replica.text(layerId);
    const root = LAYER_ROOT_PREFIX + layerId;
    return this.others.flatMap(({ client, by, name, colour, typing, layer, cursor }) => {
      if (layer !== layerId || cursor === null) return [];
      const anchor = offsetIn(text, root, cursor.anchor);
      const head = offsetIn(text, root, cursor.head);
      return anchor === null || head === null ? [] : [{ client, by, name, colour, typing, anchor, head }];
    });
  }

  /** The own cursor stands here now. */
  point(layerId: string, anchor: number, head: number): void {
    const text = this.#client.replica.text(layerId);
    // What others type at the same place goes behind it, as in the own editor.
    const at = (offset: number) => Y.createRelativePositionFromTypeIndex(text, offset, -1);
    this.#own = { ...this.#own, layer: layerId, cursor: { anchor: at(anchor), head: at(head) } };
    this.#tell();
  }

  /** A key came: one types for two seconds more. */
  typed(): void {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#setTyping(false), TYPING_LASTS_MS);
    this.#setTyping(true);
  }

  dispose(): void {
    clearTimeout(this.#typing);
    for (const end of this.#ends) end();
  }

  #setTyping(typing: boolean): void {
    if (this.#own.typing === typing) return;
    this.#own = { ...this.#own, typing };
    this.#tell();
  }

  /** Viewers show nothing of themselves. */
  #tell(): void {
    const { layer, typing, cursor } = this.#own;
    const shown = this.#client.may("edit") && layer !== null ? { layer, typing, cursor } : null;
    if (!isSame(this.#awareness.getLocalState(), shown)) this.#awareness.setLocalState(shown);
  }

  #watch(): void {
    this.#awareness = this.#client.replica.awareness;
    this.#own = { layer: null, typing: false, cursor: null };
    this.#awareness.setLocalState(null);
    this.#awareness.on("change", (_: unknown, origin: unknown) => {
      if (origin === "local") return;
      // The server sends everybody's state to everybody; an older one of one's own must not stay.
      this.#tell();
      this.changed.emit();
    });
  }
}

function readHidden(): boolean {
  try {
    return localStorage.getItem(HIDE_KEY) === "1";
  } catch {
    return false;
  }
}

/** Whether the awareness says already what is to be said; who one is, the server adds. */
function isSame(state: Record<string, unknown> | null, own: Own | null): boolean {
  if (state === null || own === null) return state === own;
  const { layer, typing, cursor } = state;
  return JSON.stringify({ layer, typing, cursor }) === JSON.stringify(own);
}
