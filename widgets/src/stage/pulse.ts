// A timer that neither a hidden page nor a busy document slows down: it lives in a Worker of its own.

const PULSE = "onmessage=(e)=>setInterval(()=>postMessage(0),e.data)";

/** Calls `beat` about every `interval_ms`. */
export function startPulse(interval_ms: number, beat: () => void): void {
  const worker = new Worker(URL.createObjectURL(new Blob([PULSE], { type: "text/javascript" })));
  worker.onmessage = beat;
  worker.postMessage(interval_ms);
}
