// How much later than its browser knows this device is heard, in ms: wireless headphones say nothing of their delay.

/** So much earlier or later a device can be set. */
export const MOST_LAG_MS = 200;

const KEY = "algorave.lag_ms";

/** A number of ms within what can be set; 0 for what is no number. */
export function usableLag_ms(lag_ms: number): number {
  if (!Number.isFinite(lag_ms)) return 0;
  return Math.round(Math.min(Math.max(lag_ms, -MOST_LAG_MS), MOST_LAG_MS));
}

/** What was set for this device. */
export function rememberedLag_ms(): number {
  try {
    return usableLag_ms(Number(localStorage.getItem(KEY) ?? 0));
  } catch {
    return 0;
  }
}

/** Keeps it for this device. */
export function rememberLag(lag_ms: number): void {
  try {
    localStorage.setItem(KEY, String(lag_ms));
  } catch {
    // A browser may forbid storage: then it holds until the page is left.
  }
}
