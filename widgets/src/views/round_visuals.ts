// Round pictures of a pattern: the pitch wheel and the spiral.

import type { SeenHap } from "../stage/messages.js";
import type { SharpCanvas } from "./canvas.js";

/** Draws the octave as a circle and the sounding pitches on it. */
export function drawPitchWheel(canvas: SharpCanvas, haps: readonly SeenHap[], cycle: number): void {
  const context = canvas.begin();
  if (!context) return;
  const radius = Math.min(canvas.width, canvas.height) / 2 - 8;
  const [cx, cy] = [canvas.width / 2, canvas.height / 2];
  const place = (note: number) => {
    const angle = ((note % 12) / 12) * 2 * Math.PI - Math.PI / 2;
    return [cx + Math.cos(angle) * radius, cy + Math.sin(angle) * radius] as const;
  };
  const dot = (note: number, size: number, color: string) => {
    const [x, y] = place(note);
    context.fillStyle = color;
    context.beginPath();
    context.arc(x, y, size, 0, 2 * Math.PI);
    context.fill();
  };
  context.strokeStyle = canvas.ink.line;
  context.beginPath();
  context.arc(cx, cy, radius, 0, 2 * Math.PI);
  context.stroke();
  for (let note = 0; note < 12; note++) dot(note, 2, canvas.ink.text);
  for (const hap of haps) {
    if (hap.note === null || hap.begin > cycle || hap.end <= cycle) continue;
    const [x, y] = place(hap.note);
    context.strokeStyle = hap.color ?? canvas.ink.accent;
    context.beginPath();
    context.moveTo(cx, cy);
    context.lineTo(x, y);
    context.stroke();
    dot(hap.note, 5, hap.color ?? canvas.ink.accent);
  }
}

/** Draws time as a spiral, one turn a cycle, now at the top. */
export function drawSpiral(canvas: SharpCanvas, haps: readonly SeenHap[], cycle: number): void {
  const context = canvas.begin();
  if (!context) return;
  const turns = 4;
  const outer = Math.min(canvas.width, canvas.height) / 2 - 5;
  const [cx, cy] = [canvas.width / 2, canvas.height / 2];
  const point = (at: number) => {
    const age = cycle + 1 - at;
    const radius = outer * Math.max(0, 1 - age / turns);
    const angle = (at - cycle) * 2 * Math.PI - Math.PI / 2;
    return [cx + Math.cos(angle) * radius, cy + Math.sin(angle) * radius] as const;
  };
  context.lineWidth = 4;
  context.lineCap = "round";
  for (const hap of haps) {
    const sounding = hap.begin <= cycle && cycle < hap.end;
    context.strokeStyle = hap.color ?? (sounding ? canvas.ink.accent : canvas.ink.hap);
    context.globalAlpha = sounding ? 1 : 0.5;
    context.beginPath();
    const end = Math.min(hap.end, cycle + 1) - 0.01;
    for (let at = Math.max(hap.begin, cycle + 1 - turns); at < end; at += 0.02) context.lineTo(...point(at));
    context.stroke();
  }
  context.globalAlpha = 1;
}
