// Entry of the Workers inside the stage: evaluates and queries pattern code, makes no sound. Whoever spins is killed
// from outside. The way out to the frame is one port that pattern code cannot reach.
import { closeDoors } from "./doors.js";
import { answer } from "./patterns.js";
import type { ToWorker } from "./worker_messages.js";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent) => void) | null;
};

scope.onmessage = (event: MessageEvent) => {
  scope.onmessage = null;
  const port = event.ports[0];
  if (port === undefined) return;
  closeDoors(self);
  const post = port.postMessage.bind(port);
  port.onmessage = (request: MessageEvent<ToWorker>) => post(answer(request.data));
  post({ op: "done" });
};
