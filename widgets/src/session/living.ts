// Which replicas belong to a tab that is still open, so that none takes over what another is about to send.

/** The browser's locks as far as they are used here: a tab that dies lets go of its own. */
export interface Locks {
  request(name: string, options: { signal?: AbortSignal }, held: () => Promise<void>): Promise<unknown>;
  query(): Promise<{ held?: { name?: string }[]; pending?: { name?: string }[] }>;
}

/** The locks of this browser; null where there are none, as on pages that are not secure. */
export function browserLocks(): Locks | null {
  return typeof navigator === "undefined" ? null : ((navigator.locks as Locks | undefined) ?? null);
}

/** Shows the other tabs that `key` is in use, until what is returned is called or the tab dies. */
export function hold(locks: Locks | null, key: string): () => void {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  // A browser may refuse locks; then others take this tab's edits over too, which a CRDT bears.
  locks?.request(key, {}, () => released).catch(() => undefined);
  return release;
}

/** Those of `keys` that no open tab holds; all of them where there are no locks. */
export async function abandoned(locks: Locks | null, keys: string[]): Promise<string[]> {
  if (locks === null || keys.length === 0) return keys;
  try {
    const { held = [], pending = [] } = await locks.query();
    const living = new Set([...held, ...pending].map(({ name }) => name));
    return keys.filter((key) => !living.has(key));
  } catch {
    return keys;
  }
}

/** Resolves once the tab that holds `key` is gone; rejects when the signal is aborted before. */
export async function goneTab(locks: Locks, key: string, signal: AbortSignal): Promise<void> {
  await locks.request(key, { signal }, () => Promise.resolve());
}
