// What a person set for the devices of this browser. Nobody else is told.

const KEY = "algorave.link";
/** So much earlier or later messages can be asked for. */
export const MOST_OFFSET_MS = 200;

/** Settings that outlive the page. */
export interface LinkSettings {
  /** The device's name; ids change. */
  device: string | null;
  clock: boolean;
  /** How much later messages are to arrive, -200 to 200 ms. */
  offset_ms: number;
  /** Channel by the layer's name: the bass is on the same synth in every session. */
  channels: Record<string, number>;
}

/** What is used of the browser's storage. */
export type Kept = Pick<Storage, "getItem" | "setItem">;

/** What is kept, with what is not or is wrong as it is at first. */
export function readSettings(kept: Kept | null): LinkSettings {
  let said: Partial<Record<keyof LinkSettings, unknown>> = {};
  try {
    const found: unknown = JSON.parse(kept?.getItem(KEY) ?? "{}");
    if (typeof found === "object" && found !== null) said = found;
  } catch {
    // Storage that is forbidden, or not ours: as at first.
  }
  const { device, clock, offset_ms, channels } = said;
  return {
    device: typeof device === "string" ? device : null,
    clock: clock !== false,
    offset_ms: usableOffset(offset_ms),
    channels: usableChannels(channels),
  };
}

/** Keeps them, where the browser lets us. */
export function writeSettings(kept: Kept | null, settings: LinkSettings): void {
  try {
    kept?.setItem(KEY, JSON.stringify(settings));
  } catch {
    // Full or forbidden: they last as long as the page.
  }
}

/** An offset in ms that devices can be asked for. */
export function usableOffset(offset_ms: unknown): number {
  if (typeof offset_ms !== "number" || !Number.isFinite(offset_ms)) return 0;
  return Math.min(Math.max(Math.round(offset_ms), -MOST_OFFSET_MS), MOST_OFFSET_MS);
}

function usableChannels(said: unknown): Record<string, number> {
  const channels = Object.create(null) as Record<string, number>;
  if (typeof said !== "object" || said === null) return channels;
  for (const [name, channel] of Object.entries(said).slice(0, 256)) {
    if (Number.isInteger(channel) && channel >= 1 && channel <= 16) channels[name] = channel as number;
  }
  return channels;
}
