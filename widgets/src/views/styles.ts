// How a layer looks. Colours, type and spacing are variables; the host's own are used where it has them.

import { CODE_CSS } from "./styles_code.js";
import { SHARED_CSS } from "./styles_shared.js";

const THEME_CSS = `
.alg, .alg-tips {
  --alg-bg: var(--jp-layout-color1, #fff);
  --alg-raised: var(--jp-layout-color2, #f4f4f2);
  --alg-text: var(--jp-content-font-color1, #1d2129);
  --alg-muted: #667080;
  --alg-line: rgba(30, 35, 50, 0.14);
  --alg-faint: rgba(30, 35, 50, 0.06);
  --alg-accent: #6246ea;
  --alg-on-accent: #fff;
  --alg-hap-rest: #8f83d8;
  --alg-error: #b3261e;
  --alg-warn: #8a5300;
  --alg-string: #0a6b5c;
  --alg-step: #0a6b5c;
  --alg-number: #a24810;
  --alg-keyword: #8b2b98;
  --alg-function: #3546c4;
  --alg-label: #a81f5a;
  --alg-comment: #667080;
  --alg-punctuation: #6a7280;
  --alg-ui: var(--jp-ui-font-family, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif);
  --alg-mono: var(--jp-code-font-family, ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace);
}
.alg[data-theme="dark"], .alg-tips[data-theme="dark"] {
  --alg-bg: var(--jp-layout-color1, #14161b);
  --alg-raised: var(--jp-layout-color2, #20232b);
  --alg-text: var(--jp-content-font-color1, #e8eaf0);
  --alg-muted: #9aa3b2;
  --alg-line: rgba(220, 225, 245, 0.17);
  --alg-faint: rgba(220, 225, 245, 0.07);
  --alg-accent: #a99bff;
  --alg-on-accent: #17132b;
  --alg-hap-rest: #7469b8;
  --alg-error: #ff8a80;
  --alg-warn: #f2b25c;
  --alg-string: #7ad7c0;
  --alg-step: #8ce5cf;
  --alg-number: #ffb877;
  --alg-keyword: #e29bf0;
  --alg-function: #9db2ff;
  --alg-label: #ff94bd;
  --alg-comment: #8d96a5;
  --alg-punctuation: #98a2b3;
}`;

const FRAME_CSS = `
.alg {
  position: relative; box-sizing: border-box; container-type: inline-size;
  margin: 4px 2px; border: 1px solid var(--alg-line); border-radius: 10px; overflow: clip;
  background: var(--alg-bg); color: var(--alg-text);
  font: 13px/1.4 var(--alg-ui); transition: border-color 160ms;
}
.alg[data-state="playing"] { border-color: color-mix(in srgb, var(--alg-accent) 55%, transparent); }
.alg *, .alg *::before { box-sizing: border-box; }
.alg [hidden] { display: none !important; }
.alg button, .alg input { font: inherit; color: inherit; margin: 0; }
.alg button { background: none; border: 0; padding: 0; cursor: pointer; }
.alg button:focus-visible, .alg input:focus-visible { outline: 2px solid var(--alg-accent); outline-offset: 2px; border-radius: 5px; }
.alg-head { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 12px; padding: 8px 10px 6px; }
.alg .alg-play {
  flex: none; display: grid; place-items: center; width: 32px; height: 32px; border-radius: 50%;
  background: color-mix(in srgb, var(--alg-accent) 13%, transparent); color: var(--alg-accent);
  transition: background 120ms, color 120ms, transform 120ms;
}
.alg .alg-play:hover { background: color-mix(in srgb, var(--alg-accent) 24%, transparent); }
.alg .alg-play:active { transform: scale(0.94); }
.alg .alg-play:focus-visible { border-radius: 50%; }
.alg-head[data-state="playing"] .alg-play { background: var(--alg-accent); color: var(--alg-on-accent); }
.alg svg path { fill: currentColor; }
.alg-hush svg path, .alg-cue svg path { stroke: currentColor; stroke-width: 1.4; stroke-linecap: round; stroke-linejoin: round; }
.alg-cue svg path { fill: none; }
.alg .alg-busy { animation: alg-busy 900ms ease-in-out infinite alternate; }
@keyframes alg-busy { from { opacity: 1; } to { opacity: 0.45; } }
.alg-title { display: flex; align-items: baseline; gap: 8px; min-width: 0; }
.alg-name { font-weight: 600; letter-spacing: -0.005em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; max-width: 22ch; }
.alg-status { color: var(--alg-muted); font-size: 12px; white-space: nowrap; }
.alg-beats { display: inline-flex; gap: 5px; }
.alg-beats i { width: 6px; height: 6px; border-radius: 50%; background: var(--alg-line); }
.alg-beats i.alg-on { background: var(--alg-accent); }
.alg-space { flex: 1; }
.alg-fader { position: relative; width: 96px; height: 24px; display: block; }
.alg-meter, .alg-fader::before { position: absolute; left: 0; right: 0; top: 11px; height: 3px; border-radius: 2px; }
.alg-fader::before { content: ""; background: var(--alg-line); }
.alg-meter { background: var(--alg-accent); transform: scaleX(0); transform-origin: left; }
.alg-meter.alg-hot { background: var(--alg-error); }
.alg .alg-fader-input { position: absolute; inset: 0; width: 100%; height: 24px; appearance: none; background: none; cursor: pointer; }
.alg-fader-input::-webkit-slider-thumb { appearance: none; width: 12px; height: 12px; border-radius: 50%; background: var(--alg-bg); border: 2px solid var(--alg-muted); }
.alg-fader-input::-moz-range-thumb { width: 8px; height: 8px; border-radius: 50%; background: var(--alg-bg); border: 2px solid var(--alg-muted); }
.alg-fader-input:hover::-webkit-slider-thumb { border-color: var(--alg-accent); }
.alg-fader-input::-moz-range-track { background: none; }
.alg-pair { display: inline-flex; gap: 2px; }
.alg .alg-toggle { width: 24px; height: 24px; border-radius: 5px; font-size: 11px; font-weight: 600; color: var(--alg-muted); }
.alg .alg-toggle:hover, .alg .alg-hush:hover { background: var(--alg-faint); color: var(--alg-text); }
.alg .alg-toggle[aria-pressed="true"] { background: var(--alg-accent); color: var(--alg-on-accent); }
.alg-tempo { display: inline-flex; align-items: baseline; gap: 3px; color: var(--alg-muted); font-size: 12px; }
.alg .alg-tempo-input {
  width: 6.2ch; padding: 2px 3px; text-align: right; border: 0; border-radius: 4px; background: none; color: var(--alg-text);
  font-variant-numeric: tabular-nums; appearance: textfield; -moz-appearance: textfield;
}
.alg-tempo-input::-webkit-inner-spin-button { display: none; }
.alg .alg-tempo-input:hover, .alg .alg-tempo-input:focus { background: var(--alg-faint); }
.alg .alg-hush { display: grid; place-items: center; width: 26px; height: 26px; border-radius: 5px; color: var(--alg-muted); }
.alg-problems:empty { display: none; }
.alg-problems { padding: 2px 12px 8px; font-size: 12.5px; }
.alg-problems p { margin: 4px 0 0; padding-left: 9px; border-left: 2px solid var(--alg-error); }
.alg-problems p.alg-warning { border-color: var(--alg-warn); }
.alg-problems p.alg-consequence, .alg-problems p.alg-notice { border-color: transparent; color: var(--alg-muted); }
.alg .alg-where { margin-right: 8px; color: var(--alg-error); font: 12px var(--alg-mono); text-decoration: underline; text-underline-offset: 2px; }
.alg .alg-warning .alg-where { color: var(--alg-warn); }
.alg-message { font-weight: 500; overflow-wrap: anywhere; }
.alg-hint { color: var(--alg-muted); overflow-wrap: anywhere; }
.alg-hint::before { content: " · "; }
.alg-visual { position: relative; border-top: 1px solid var(--alg-faint); }
.alg-canvas { display: block; width: 100%; height: 84px; }
.alg-visual[data-picture="none"] .alg-canvas { display: none; }
.alg-visual[data-picture="none"] { min-height: 24px; border-color: transparent; }
.alg-pictures { position: absolute; right: 4px; top: 2px; display: flex; gap: 2px; opacity: 0; transition: opacity 120ms; }
.alg:hover .alg-pictures, .alg-pictures:focus-within, .alg-visual[data-picture="none"] .alg-pictures { opacity: 1; }
.alg .alg-picture { padding: 1px 6px; border-radius: 4px; font-size: 11px; color: var(--alg-muted); background: var(--alg-bg); }
.alg .alg-picture[aria-pressed="true"] { color: var(--alg-text); background: var(--alg-raised); }
.alg-inline { display: block; width: min(100%, 640px); height: 72px; margin: 2px 0 4px; }
.alg-inline-spiral, .alg-inline-pitchwheel { width: 130px; height: 130px; }
/* A context takes a moment to start: only one that stays suspended needs a click. */
@keyframes alg-appear { from { visibility: hidden; } to { visibility: visible; } }
.alg .alg-overlay { animation: alg-appear 1ms 800ms both !important;
  position: absolute; inset: 0; z-index: 5; width: 100%; font-size: 16px; font-weight: 600; color: var(--alg-text);
  background: color-mix(in srgb, var(--alg-bg) 78%, transparent); backdrop-filter: blur(2px);
}
@container (max-width: 560px) {
  .alg-head { gap: 6px 8px; }
  .alg-beats { display: none; }
  .alg-fader { width: 64px; }
}
@container (max-width: 420px) {
  .alg-space { flex-basis: 100%; height: 0; margin-top: -6px; }
  .alg-fader { flex: 1; order: 1; margin-left: 4px; }
  .alg-pair, .alg-tempo, .alg-hush { order: 2; }
  .alg .alg-play { width: 40px; height: 40px; }
  .alg .alg-toggle, .alg .alg-hush { width: 34px; height: 34px; }
}
@media (prefers-reduced-motion: reduce) {
  .alg, .alg * { transition: none !important; animation: none !important; }
}`;

/** Puts the styles into a document or shadow root, once. */
export function styleRoot(root: Document | ShadowRoot): void {
  addStyle(root, "layer", THEME_CSS + FRAME_CSS + CODE_CSS + SHARED_CSS);
}

/** Where the styles of what stands at `place` belong: its shadow root, or else the document. */
export function styleHome(place: Node): Document | ShadowRoot {
  const root = place.getRootNode();
  return root instanceof ShadowRoot ? root : document;
}

/** Puts a style sheet into a document or shadow root, once for each name. */
export function addStyle(root: Document | ShadowRoot, name: string, css: string): void {
  const home = root instanceof Document ? root.head : root;
  if (home.querySelector(`style[data-algorave-${name}]`)) return;
  const style = document.createElement("style");
  style.setAttribute(`data-algorave-${name}`, "");
  style.textContent = css;
  home.append(style);
}
