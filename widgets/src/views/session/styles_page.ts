// How our own pages look: the ground, the card in the middle, the list of sessions, and a session in full.

import { addStyle } from "../styles.js";

const PAGE_CSS = `
:root { color-scheme: light dark; }
html, body { margin: 0; height: 100%; }
.algs-page { --algs-ground: #f6f5f1; min-height: 100dvh; background: var(--algs-ground); -webkit-text-size-adjust: 100%; }
.algs-page[data-theme="dark"] { --algs-ground: #0d0f13; }
.algs-centre { min-height: 100dvh; display: grid; place-items: center; padding: 24px 16px; }
.algs-card {
  width: min(420px, 100%); display: flex; flex-direction: column; gap: 14px; padding: 28px 28px 24px;
  border: 1px solid var(--alg-line); border-radius: 22px; background: var(--alg-bg); box-shadow: 0 20px 60px rgba(20, 18, 40, 0.1);
}
.algs-card h1 { font-size: 24px; line-height: 1.2; letter-spacing: -0.02em; text-align: center; overflow-wrap: anywhere; text-wrap: balance; }
.algs-lead { color: var(--alg-muted); font-size: 15px; text-align: center; text-wrap: balance; overflow-wrap: anywhere; }
.algs-role-line { display: block; margin-top: 4px; }
.algs-role-line b { color: var(--alg-text); }
.algs-card .algs-hint { text-align: center; }
.algs-stack { display: grid; gap: 12px; }
.algs-unsaved-text { width: 100%; min-height: 88px; resize: vertical; font-family: var(--alg-mono, ui-monospace, monospace); font-size: 13px; line-height: 1.5; }
.algs-ring { position: relative; align-self: center; width: 132px; height: 132px; }
.algs-ring > svg { position: absolute; inset: 0; width: 100%; height: 100%; }
.algs-ring circle { fill: var(--alg-line); }
.algs-ring .algs-struck { fill: var(--alg-accent); opacity: 0.85; animation: algs-strike 2s linear infinite; }
@keyframes algs-strike { 0%, 30%, 100% { opacity: 0.35; } 4% { opacity: 1; } }
.algs-ring .algs-face { position: absolute; inset: 0; display: grid; place-items: center; }
.algs-face .algs-avatar { width: 76px; height: 76px; font-size: 27px; transition: background 160ms; }
.algs-dialog .algs-face { justify-self: center; }
.algs-wordless::before { content: ""; width: 30px; height: 30px; border-radius: 50%; background: var(--alg-accent); opacity: 0.9; }
.algs-turning .algs-wordless::before { animation: algs-beat 1s ease-in-out infinite alternate; }
@keyframes algs-beat { from { transform: scale(0.72); } to { transform: scale(1.08); } }
.algs-choice-list { display: grid; gap: 8px; }
.algs .algs-choice-row { display: flex; align-items: center; gap: 12px; width: 100%; min-height: 56px; padding: 8px 12px; border: 1px solid var(--alg-line); border-radius: 13px; text-align: left; }
.algs .algs-choice-row:hover { border-color: var(--alg-accent); }
.algs-list-page { width: min(720px, 100%); margin: 0 auto; padding: clamp(20px, 6vh, 64px) 16px 48px; display: grid; gap: 18px; }
.algs-list-head { display: grid; gap: 4px; }
.algs-list-head h1 { font-size: 34px; letter-spacing: -0.035em; line-height: 1.1; }
.algs-list-head h1::before { content: ""; display: inline-block; width: 0.5em; height: 0.5em; margin-right: 0.62em; border-radius: 50%; background: var(--alg-accent); box-shadow: 0.44em 0 0 -0.1em color-mix(in srgb, var(--alg-accent) 55%, transparent); }
.algs-list-head .algs-lead { text-align: left; }
.algs-new { display: grid; grid-template-columns: 1fr auto; gap: 10px; }
.algs-new .algs-button { padding: 0 20px; }
.algs-session-list { display: grid; gap: 8px; }
.algs-session-item { display: flex; align-items: center; gap: 8px; padding-right: 8px; border: 1px solid var(--alg-line); border-radius: 14px; background: var(--alg-bg); transition: border-color 120ms; }
.algs-session-item:not(.algs-past):hover { border-color: var(--alg-accent); }
.algs .algs-session-row { flex: 1; min-width: 0; min-height: 62px; padding: 10px 16px; text-align: left; border-radius: 14px; }
.algs-session-row b { display: block; font-size: 15.5px; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.algs-session-row small { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.algs-empty { padding: 28px 16px; text-align: center; color: var(--alg-muted); border: 1px dashed var(--alg-line); border-radius: 14px; }
@media (max-width: 480px) { .algs-new { grid-template-columns: 1fr; } .algs-card { padding: 22px 18px 20px; } }`;

const SESSION_CSS = `
.algs-session { display: grid; grid-template: "bar bar" auto "main side" minmax(0, 1fr) / minmax(0, 1fr) 330px; height: 100dvh; }
.algs-session > main { display: contents; }
.algs-session[data-side-closed] { grid-template-columns: minmax(0, 1fr) 0; }
.algs-session[data-side-closed] .algs-side { display: none; }
.algs-session .algs-bar { grid-area: bar; border-bottom: 1px solid var(--alg-line); background: var(--alg-bg); }
.algs-main { grid-area: main; overflow-y: auto; padding: 0 18px 40px; scrollbar-gutter: stable; }
.algs-session .algs-side { grid-area: side; display: flex; flex-direction: column; gap: 10px; min-height: 0; padding: 14px 10px 4px; border-left: 1px solid var(--alg-line); background: var(--alg-bg); }
.algs-session .algs-people { flex: 0 1 auto; max-height: 46%; overflow-y: auto; }
.algs-tools { display: flex; flex-wrap: wrap; gap: 2px 16px; padding: 0 6px; }
.algs-session .algs-chat { flex: 1; padding-top: 12px; border-top: 1px solid var(--alg-line); }
.algs-tabs { display: none; }
.algs-sound { position: sticky; top: 0; z-index: 6; display: flex; flex-wrap: wrap; align-items: center; gap: 8px 10px; margin: 0 -18px; padding: 10px 18px; background: var(--algs-ground); }
.algs .algs-unlock { display: inline-flex; align-items: center; gap: 9px; min-height: 44px; padding: 0 20px 0 15px; border-radius: 99px; background: var(--alg-accent); color: var(--alg-on-accent); font-weight: 700; animation: algs-call 1.4s ease-in-out infinite alternate; }
@keyframes algs-call { from { box-shadow: 0 0 0 0 color-mix(in srgb, var(--alg-accent) 40%, transparent); } to { box-shadow: 0 0 0 7px transparent; } }
.algs-volume { width: 110px; accent-color: var(--alg-accent); }
.algs-position { position: absolute; left: 0; right: 0; bottom: 0; height: 2px; background: var(--alg-accent); opacity: 0.7; transform: scaleX(0); transform-origin: left; will-change: transform; pointer-events: none; }
@media (prefers-reduced-motion: reduce) { .algs-position { display: none; } }
.algs-lag-row { display: flex; align-items: center; gap: 10px; }
.algs-lag-row .algs-lag { flex: 1; min-width: 0; accent-color: var(--alg-accent); }
.algs .algs-lag-number { width: 5.6em; text-align: right; font-variant-numeric: tabular-nums; }
.algs-beats { display: inline-flex; align-items: center; gap: 6px; margin: 0 4px; contain: layout; }
.algs-cycle { min-width: 3.2em; color: var(--alg-muted); font-size: 12.5px; font-variant-numeric: tabular-nums; }
.algs-beats i { width: 8px; height: 8px; border-radius: 50%; background: var(--alg-line); }
.algs-beats i.algs-on { background: var(--alg-accent); }
.algs-tempo { display: inline-flex; align-items: center; gap: 4px; color: var(--alg-muted); font-size: 13px; }
.algs .algs-tempo-input { width: 4.6em; padding: 5px 4px; border: 0; border-radius: 7px; background: none; color: var(--alg-text); text-align: right; font-variant-numeric: tabular-nums; appearance: textfield; -moz-appearance: textfield; }
.algs-tempo-input::-webkit-inner-spin-button { display: none; }
.algs .algs-tempo-input:is(:hover, :focus):not(:disabled) { background: var(--alg-faint); }
.algs-tempo > label { display: inline-flex; align-items: baseline; gap: 4px; }
.algs-tempo-panel { padding: 14px; display: none; gap: 10px; }
@media (min-width: 641px) { .algs-tempo-panel { width: 264px; } }
.algs-tempo-panel:popover-open { display: grid; }
.algs-tempo-now { margin: 0; display: grid; gap: 2px; }
.algs-tempo-now b { font-size: 18px; font-variant-numeric: tabular-nums; }
.algs-tempo-now small { color: var(--alg-muted); }
.algs .algs-tempo-panel .algs-button { display: flex; align-items: center; justify-content: space-between; gap: 8px; min-height: 44px; padding: 0 12px; }
.algs .algs-tempo-panel .algs-tempo-tap { min-height: 56px; font-variant-numeric: tabular-nums; touch-action: manipulation; }
.algs-tempo-nudges { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; }
.algs-tempo-panel label { display: grid; gap: 3px; font-size: 12.5px; color: var(--alg-muted); }
.algs .algs-tempo-choice { min-height: 44px; padding: 4px 8px; border: 1px solid var(--alg-line); border-radius: 8px; background: var(--alg-bg); color: var(--alg-text); font: inherit; font-size: 14px; }
.algs-tempo-panel kbd { font: inherit; font-size: 11px; color: var(--alg-muted); white-space: nowrap; }
@media (pointer: coarse) { .algs-tempo-panel kbd { display: none; } .algs .algs-tempo-panel .algs-button { justify-content: center; } }
.algs .algs-sound .algs-button svg path { fill: currentColor; }
.algs .algs-hush svg path { stroke: currentColor; stroke-width: 1.4; stroke-linecap: round; stroke-linejoin: round; }
.algs-shelf { max-width: 980px; margin: 0 auto; display: grid; gap: 12px; }
.algs-slots { display: grid; gap: 12px; }
.algs-slot { display: grid; grid-template-columns: 36px minmax(0, 1fr); gap: 6px; }
.algs-rail { display: flex; flex-direction: column; align-items: center; gap: 6px; padding-top: 6px; }
.algs-slot-lock { display: grid; color: var(--alg-warn); }
.algs-slot-lock .algs-symbol { width: 17px; height: 17px; }
.algs-slot-faces { display: flex; flex-direction: column; gap: 5px; }
.algs-slot-faces .algs-avatar { width: 24px; height: 24px; font-size: 9.5px; }
.algs-page .alg { margin: 0; border-radius: 14px; }
.algs .algs-add { display: flex; align-items: center; justify-content: center; gap: 8px; min-height: 48px; margin-left: 42px; border: 1.5px dashed var(--alg-line); border-radius: 14px; color: var(--alg-muted); font-weight: 600; }
.algs .algs-add:hover { color: var(--alg-text); border-color: var(--alg-accent); }
/* The page says these once, for all layers. */
.algs-page .alg-tempo, .algs-page .alg .alg-hush, .algs-page .alg .alg-beats, .algs-page .alg-strip-listen, .algs-page .alg-strip-saving, .algs-page .alg .alg-overlay { display: none !important; }`;

const NARROW_CSS = `
@media (max-width: 899px) {
  .algs-session { display: flex; flex-direction: column; height: 100dvh; }
  .algs-session .algs-bar { flex: none; gap: 6px 10px; padding: 4px 12px; }
  .algs-session .algs-bar-words, .algs-session .algs-bar > [aria-label^="Chat"], .algs-session .algs-listening { display: none; }
  .algs-session .algs-bar-button { min-width: 44px; min-height: 44px; justify-content: center; }
  .algs-session .algs-faces { min-height: 44px; }
  .algs-bar-title { flex: 1 1 auto; }
  .algs-session .algs-title { min-height: 44px; }
  .algs-session .algs-space { display: none; }
  .algs-main, .algs-session .algs-side { flex: 1; min-height: 0; border: 0; }
  .algs-main { display: flex; flex-direction: column; padding: 0; overflow: hidden; }
  .algs-shelf { order: 0; flex: 1; width: 100%; align-content: start; overflow-y: auto; padding: 12px 12px 20px; }
  .algs-sound { order: 1; position: relative; flex: none; flex-wrap: wrap; margin: 0; padding: 8px 12px; border-top: 1px solid var(--alg-line); background: var(--alg-bg); }
  .algs-session .algs-side { padding: 12px 10px 6px; }
  .algs-session .algs-people { max-height: none; flex: 1; }
  .algs-session .algs-chat { border: 0; padding: 0; }
  .algs-session:not([data-tab="layers"]) .algs-main, .algs-session[data-tab="layers"] .algs-side,
  .algs-session[data-tab="people"] .algs-chat, .algs-session[data-tab="chat"] :is(.algs-people, .algs-tools) { display: none; }
  .algs-tabs { flex: none; display: grid; grid-template-columns: repeat(3, 1fr); padding: 4px 8px calc(4px + env(safe-area-inset-bottom)); border-top: 1px solid var(--alg-line); background: var(--alg-bg); }
  .algs .algs-tab { flex-direction: column; gap: 1px; min-height: 50px; justify-content: center; font-size: 11.5px; color: var(--alg-muted); }
  .algs .algs-tab .algs-bar-words { display: block; }
  .algs .algs-tab[aria-current] { color: var(--alg-accent); }
  .algs-tab .algs-badge { left: calc(50% + 6px); top: 3px; }
}
@media (max-width: 640px) {
  .algs-session .algs-bar { flex-wrap: wrap; }
  .algs-session .algs-bar-title { flex: 1 1 0; }
  /* A dot is enough while all is well; trouble has a line of its own. */
  .algs-saved:not([data-tone="trouble"]) { gap: 0; font-size: 0; }
  .algs-saved[data-tone="trouble"], .algs-door:has(.algs-waiting:not([hidden])) { order: 9; flex: 1 0 100%; padding-bottom: 4px; }
  .algs .algs-waiting { width: 100%; min-height: 44px; font-size: 14px; }
  .algs-faces .algs-avatar:nth-child(n + 4) { display: none; }
  .algs-slot { grid-template-columns: minmax(0, 1fr); gap: 0; position: relative; }
  .algs-rail { position: absolute; right: 4px; top: 4px; z-index: 4; flex-direction: row-reverse; padding: 0; }
  .algs-rail:has(> .algs-icon-button[hidden]) { right: 12px; top: 12px; }
  .algs-slot-faces { flex-direction: row; }
  /* Who may not mix has nothing to hold there. */
  .algs-page .alg-head:has(.alg-fader-input:disabled) :is(.alg-space, .alg-fader, .alg-pair) { display: none; }
  .algs-page .alg-head { padding-right: 56px; }
  .algs-page .alg-code .cm-editor { font-size: 16px; }
  .algs .algs-add { margin-left: 0; }
  /* Phones have a volume of their own. */
  .algs-volume { display: none; }
  .algs .algs-tempo-input { min-height: 44px; width: 2.9em; font-size: 16px; }
  .algs-tempo > label > span { display: none; }
  .algs-sound > .algs-beats i { display: none; }
  .algs-sound > .algs-beats .algs-cycle { min-width: 2.2em; }
  .algs-monitor span { min-height: 44px; min-width: 44px; padding: 0 8px; }
  .algs-sound { gap: 8px; }
  .algs .algs-sound .algs-button { flex: 1 1 0; padding: 0 8px; }
  .algs-sound > .algs-space { display: none; }
  .algs .algs-unlock { flex: 1 1 100%; justify-content: center; min-height: 52px; }
}`;

/** Puts the styles of a whole page into the document, once. */
export function stylePage(root: Document): void {
  addStyle(root, "page", PAGE_CSS + SESSION_CSS + NARROW_CSS);
}
