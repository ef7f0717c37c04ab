// Takes the place of core's logger: what upstream would only log reaches whoever is listening.

export const logKey = "strudel.log";

type Listener = (message: string) => void;

let listener: Listener | null = null;

/** Runs `work` while every message of the library goes to `hear`. */
export function listening<T>(hear: Listener, work: () => T): T {
  const before = listener;
  listener = hear;
  try {
    return work();
  } finally {
    listener = before;
  }
}

export function logger(message: unknown): void {
  listener?.(String(message));
}
logger.key = logKey;

export function errorLogger(error: unknown, origin = "cyclist"): void {
  logger(`[${origin}] error: ${error instanceof Error ? error.message : String(error)}`);
}
