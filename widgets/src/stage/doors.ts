// Ways out of the sandbox that need not be there. The content security policy closes the network and the opaque
// origin the storage; what the policy cannot close is taken away here, before any pattern code runs.

const DOORS = [
  // No policy stops these from naming a participant's address to a stranger.
  "RTCPeerConnection",
  "webkitRTCPeerConnection",
  "RTCDataChannel",
  "RTCIceTransport",
  "RTCDtlsTransport",
  "WebTransport",
  "WebSocket",
  "WebSocketStream",
  "EventSource",
  "fetch",
  "XMLHttpRequest",
  "BroadcastChannel",
  "SharedWorker",
  "Worker",
  "importScripts",
  "postMessage",
  "close",
  "indexedDB",
  "caches",
  "Notification",
];

/** Ways to run later. Code that spins later would be taken for whoever is asked then. */
const LATER = [
  "setTimeout",
  "setInterval",
  "queueMicrotask",
  "requestAnimationFrame",
  "scheduler",
  "MessageChannel",
];

function remove(scope: object, name: string): void {
  // The methods are inherited: take them from every prototype as well.
  for (let object: object | null = scope; object !== null; object = Object.getPrototypeOf(object)) {
    Reflect.deleteProperty(object, name);
  }
}

/** Removes what only an attacker needs from the global object of a Worker or a frame. */
export function closeDoors(scope: object, kept: readonly string[] = []): void {
  for (const name of DOORS) if (!kept.includes(name)) remove(scope, name);
}

/** Leaves only now: timers can be called and never come. */
export function stopLater(scope: object): void {
  for (const name of LATER) remove(scope, name);
  const never = () => 0;
  Object.assign(scope, { setTimeout: never, setInterval: never, queueMicrotask: never });
}
