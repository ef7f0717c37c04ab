// How a layer of a session looks, beyond what a layer alone has: other people's cursors, rows of words, a conflict.

export const SHARED_CSS = `
.alg .alg-selected { background: color-mix(in srgb, var(--alg-who) 26%, transparent); border-radius: 2px; }
.alg .alg-caret {
  position: relative; display: inline-block; width: 0; height: 1.2em; margin: 0 -1px; vertical-align: text-bottom;
  border-left: 2px solid var(--alg-who); pointer-events: none; z-index: 2;
}
.alg .alg-caret::before {
  content: ""; position: absolute; left: -4px; top: -3px; width: 6px; height: 6px; border-radius: 50%; background: var(--alg-who);
}
.alg .alg-caret-name {
  position: absolute; left: -2px; bottom: 100%; max-width: 18ch; padding: 1px 5px; border-radius: 4px 4px 4px 0;
  overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font: 600 10.5px/1.35 var(--alg-ui);
  color: var(--alg-who-ink); background: var(--alg-who); animation: alg-caret-name 3s ease-out forwards;
}
.alg .alg-caret-below .alg-caret-name { bottom: auto; top: 100%; border-radius: 0 4px 4px 4px; }
.alg .alg-caret-left .alg-caret-name { left: auto; right: -2px; border-radius: 4px 4px 0 4px; }
.alg .alg-caret-below.alg-caret-left .alg-caret-name { border-radius: 4px 0 4px 4px; }
/* Room for a name below the only line. */
.alg .alg-shared .cm-content { padding-bottom: 16px; }
.alg .alg-caret-below::before { top: auto; bottom: -3px; }
@keyframes alg-caret-name { 0%, 80% { opacity: 1; } 100% { opacity: 0; } }
.alg[data-followed] { outline: 2px solid var(--alg-who); outline-offset: 1px; }
.alg .cm-content[aria-readonly="true"] { cursor: default; }
.alg .alg-play:disabled, .alg .alg-toggle:disabled, .alg .alg-fader-input:disabled, .alg .alg-tempo-input:disabled { cursor: not-allowed; }
.alg .alg-play:disabled { background: var(--alg-faint); color: var(--alg-muted); transform: none; }
.alg-head[data-state="playing"] .alg-play:disabled { background: var(--alg-faint); color: var(--alg-accent); }
.alg .alg-tempo-input:disabled { color: var(--alg-muted); -webkit-text-fill-color: currentColor; opacity: 1; background: none; }
.alg .alg-fader-input:disabled::-webkit-slider-thumb { visibility: hidden; }
.alg .alg-toggle:disabled:hover { background: none; color: var(--alg-muted); }
.alg .alg-toggle[aria-pressed="true"]:disabled { background: var(--alg-accent); color: var(--alg-on-accent); }
.alg-strip-row {
  display: flex; flex-wrap: wrap; align-items: center; gap: 4px 10px; margin: 0 10px 6px; padding: 5px 6px 5px 10px; min-height: 34px;
  border-radius: 7px; background: var(--alg-faint); font-size: 12.5px;
}
.alg-strip-words { flex: 1 1 16ch; }
.alg-strip-listen { background: color-mix(in srgb, var(--alg-accent) 11%, transparent); }
.alg-strip-saving { border-left: 3px solid var(--alg-warn); border-radius: 0 7px 7px 0; }
.alg-strip-lost { border-left: 3px solid var(--alg-error); border-radius: 0 7px 7px 0; }
.alg .alg-strip-button {
  padding: 3px 10px; min-height: 26px; border-radius: 6px; border: 1px solid var(--alg-line); background: var(--alg-bg);
  font-size: 12.5px; font-weight: 500; color: var(--alg-text);
}
.alg .alg-strip-button:hover { border-color: var(--alg-accent); }
.alg .alg-strip-button:disabled { color: var(--alg-muted); cursor: not-allowed; border-color: var(--alg-line); }
.alg-strip-listen .alg-strip-button { background: var(--alg-accent); color: var(--alg-on-accent); border-color: transparent; }
.alg-strip-text {
  flex: 1 1 100%; padding: 6px 8px; border: 1px solid var(--alg-line); border-radius: 6px; background: var(--alg-bg); color: var(--alg-text);
  font: 12.5px/1.5 var(--alg-mono);
}
.alg-conflict { margin: 0 10px 8px; padding: 8px 10px; border: 1px solid var(--alg-warn); border-radius: 8px; font-size: 12.5px; }
.alg-conflict p { margin: 0 0 6px; font-weight: 500; }
.alg-conflict p.alg-conflict-key { font-weight: 400; }
.alg-diff { max-height: 16em; overflow: auto; border-radius: 6px; background: var(--alg-faint); font: 12.5px/1.5 var(--alg-mono); }
.alg-diff:focus-visible { outline: 2px solid var(--alg-accent); outline-offset: 1px; }
.alg-diff-line { display: flex; white-space: pre-wrap; overflow-wrap: anywhere; padding: 0 8px 0 0; }
.alg-diff-line code { font: inherit; flex: 1; background: none; color: inherit; padding: 0; min-height: 1.5em; }
.alg-diff-sign { flex: none; width: 2.2ch; text-align: center; color: var(--alg-muted); }
.alg-diff-live { background: color-mix(in srgb, var(--alg-accent) 15%, transparent); }
.alg-diff-cell { background: color-mix(in srgb, var(--alg-warn) 16%, transparent); }
.alg-conflict-key { display: flex; gap: 14px; margin: 6px 0 0; color: var(--alg-muted); font-size: 12px; }

.alg-conflict-choice { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 8px; }
.alg-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@container (max-width: 420px) { .alg .alg-strip-button { min-height: 34px; } }
`;
