// Where what is not saved outlives the page, and under which key.

import * as Y from "yjs";

/** Where a few kilobytes outlive the page: `localStorage` through `shelfOn`. Each call may throw. */
export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  keys(): Iterable<string>;
}

type KeyValues = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

/** A shelf in a browser's storage. */
export function shelfOn(storage: KeyValues): Shelf {
  return {
    getItem: (key) => storage.getItem(key),
    setItem: (key, value) => storage.setItem(key, value),
    removeItem: (key) => storage.removeItem(key),
    keys: () => Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? ""),
  };
}

/** The shelf of this browser; null where storage is forbidden, or where there is none. */
export function browserShelf(): Shelf | null {
  try {
    return shelfOn(localStorage);
  } catch {
    return null;
  }
}

/** A participant's edits of one session on a shelf; each replica has a key of its own there. */
export class Compartment {
  readonly #shelf: Shelf;
  readonly #prefix: string;

  /** `who` is the participant's id: nobody else's words may be taken from the shelf. */
  constructor(shelf: Shelf, session: string, who: string) {
    this.#shelf = shelf;
    this.#prefix = `algorave:unsaved:${encodeURIComponent(session)}:${encodeURIComponent(who)}:`;
  }

  keyOf(replica: number): string {
    return this.#prefix + replica;
  }

  /** The keys of all replicas that have something here. */
  keys(): string[] {
    try {
      return [...this.#shelf.keys()].filter((key) => key.startsWith(this.#prefix));
    } catch {
      return []; // a browser may forbid to look: then there is nothing to take over
    }
  }

  /** The update under a key; null when there is none, and what cannot be read is thrown away. */
  read(key: string): Uint8Array | null {
    try {
      const text = this.#shelf.getItem(key);
      if (text === null) return null;
      const update = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
      Y.applyUpdate(new Y.Doc(), update);
      return update;
    } catch {
      this.remove(key);
      return null;
    }
  }

  /** Puts an update under a key; false when the shelf is full or forbidden. */
  write(key: string, update: Uint8Array): boolean {
    try {
      this.#shelf.setItem(key, btoa(Array.from(update, (byte) => String.fromCharCode(byte)).join("")));
      return true;
    } catch {
      return false;
    }
  }

  /** Takes away what is under a key; false when the shelf does not let one. */
  remove(key: string): boolean {
    try {
      this.#shelf.removeItem(key);
      return true;
    } catch {
      return false;
    }
  }
}
