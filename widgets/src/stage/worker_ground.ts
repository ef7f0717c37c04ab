// The first thing a Worker does, before the evaluator takes what it finds for the ground that every evaluation
// starts from: what is gone now never comes back.
import { closeDoors, stopLater } from "./doors.js";

const { port1, port2 } = new MessageChannel();

/** Runs `work` when everything that has been set going has come to rest: microtasks, too. */
export function afterRest(work: () => void): void {
  port1.onmessage = work;
  port2.postMessage(null);
}

closeDoors(self);
stopLater(self);
