// Entry of the Workers inside the stage: evaluates and queries pattern code, makes no sound. Whoever spins is killed
// from outside. The way out to the frame is one port that pattern code cannot reach.

// First of all, and before the evaluator is there.
import "./worker_ground.js";

import { answer } from "./patterns.js";
import { afterRest } from "./worker_ground.js";
import type { ToWorker } from "./worker_messages.js";

// The first evaluation is ten times slower than the next: let it be one of these, while nobody waits.
const WARM_UP = [
  's("bd hh*2 <sd cp>")',
  '$: note("<c e>*4").scale("C:minor").s("sawtooth").lpf(800).room(.2)',
];

const scope = self as unknown as {
  onmessage: ((event: MessageEvent) => void) | null;
};

scope.onmessage = (event: MessageEvent) => {
  scope.onmessage = null;
  const port = event.ports[0];
  if (port === undefined) return;
  const post = port.postMessage.bind(port);
  port.onmessage = (request: MessageEvent<ToWorker>) => {
    const reply = answer(request.data);
    // What the code left to run after itself is part of its answer's time.
    afterRest(() => post(reply));
  };
  post({ op: "done" });
  for (const code of WARM_UP) answer({ op: "check", code, sounds: [] });
};
