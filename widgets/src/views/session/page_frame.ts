// A whole page of ours: its ground, its theme, its title.

import { styleAsks } from "../asks/styles_asks.js";
import { element } from "../dom.js";
import { styleRoot } from "../styles.js";
import { followTheme } from "../theme.js";
import { stylePage } from "./styles_page.js";
import { styleSession } from "./styles_session.js";

/** Puts an empty page in the place of `shell`, and gives it. */
export function pageFrame(shell: HTMLElement): HTMLElement {
  const frame = element("div", { class: "algs algs-page" });
  styleRoot(document);
  styleAsks(document);
  styleSession(document);
  stylePage(document);
  shell.replaceWith(frame);
  followTheme(frame, () => undefined);
  return frame;
}

/** What the browser's tab says. */
export function titlePage(title: string): void {
  document.title = title ? `${title} · algorave` : "algorave";
}

/** The address of the page, with this after `#`; not a new entry of the history. */
export function setFragment(fragment: string): void {
  history.replaceState(null, "", location.pathname + location.search + (fragment ? `#${fragment}` : ""));
}

/** Where the server's `…/algorave/` is, as the shell says. */
export function baseOf(shell: HTMLElement): string {
  return new URL(`${shell.dataset["baseUrl"] ?? "/"}algorave/`, location.href).href;
}
