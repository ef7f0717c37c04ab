// What a button opens beside it, such as a small list of actions; a sheet from below on phones.

import { element } from "../dom.js";

/** One line of a menu. */
export interface MenuItem {
  label: string;
  hint?: string;
  dangerous?: boolean;
  /** Why it cannot be chosen now; null when it can. */
  unavailable?: string | null;
  run(): void;
}

const GAP_PX = 4;

/** What a button opens. */
export interface Opened {
  element: HTMLElement;
  onClose?: () => void;
}

/** A button that opens a menu; `items` is asked anew each time. */
export function menuButton(button: HTMLButtonElement, items: () => MenuItem[]): void {
  popoverButton(button, () => {
    const menu = element("div", { class: "algs-menu" });
    menu.append(...items().map((item) => itemButton(item, () => menu.hidePopover())));
    menu.addEventListener("keydown", (event) => walk(menu, event));
    return { element: menu };
  });
}

/** A button that opens what `make` makes anew each time, beside it. */
export function popoverButton(button: HTMLButtonElement, make: () => Opened): void {
  button.setAttribute("aria-haspopup", "true");
  button.setAttribute("aria-expanded", "false");
  let open: HTMLElement | null = null;
  button.addEventListener("pointerdown", (event) => {
    // The press itself would close what it is about to toggle.
    if (open) event.stopPropagation();
  });
  button.addEventListener("click", () => {
    const home = button.closest<HTMLElement>(".algs");
    if (!home) return;
    if (open) {
      open.hidePopover();
      return;
    }
    const made = make();
    open = made.element;
    show(home, button, open, () => {
      open = null;
      button.setAttribute("aria-expanded", "false");
      made.onClose?.();
    });
    button.setAttribute("aria-expanded", "true");
  });
}

function show(home: HTMLElement, anchor: HTMLElement, popover: HTMLElement, onClose: () => void): void {
  popover.popover = "auto";
  popover.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const hadFocus = popover.contains(document.activeElement) || document.activeElement === document.body;
    popover.remove();
    onClose();
    if (hadFocus && anchor.isConnected) anchor.focus();
  });
  // Near the anchor, so that it is in the dialog that the anchor is in, and comes next in the tab order.
  (anchor.closest<HTMLElement>("dialog") ?? home).append(popover);
  popover.showPopover();
  place(popover, anchor);
  popover.querySelector<HTMLElement>("button:not([disabled])")?.focus();
}

function itemButton(item: MenuItem, close: () => void): HTMLButtonElement {
  const made = element("button", {
    class: item.dangerous ? "algs-menu-item algs-danger-text" : "algs-menu-item",
    type: "button",
    children: [
      element("span", { text: item.label }),
      item.hint || item.unavailable ? element("small", { text: item.unavailable ?? item.hint ?? "" }) : null,
    ],
  });
  made.disabled = Boolean(item.unavailable);
  made.addEventListener("click", () => {
    close();
    item.run();
  });
  return made;
}

/** Up and down go through the lines. */
function walk(menu: HTMLElement, event: KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const buttons = [...menu.querySelectorAll<HTMLElement>("button:not([disabled])")];
  const at = buttons.indexOf(document.activeElement as HTMLElement);
  buttons.at((at + step + buttons.length) % buttons.length)?.focus();
}

function place(menu: HTMLElement, anchor: HTMLElement): void {
  const around = anchor.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = around.bottom + GAP_PX + height <= innerHeight;
  const top = below ? around.bottom + GAP_PX : Math.max(GAP_PX, around.top - GAP_PX - height);
  const left = Math.min(Math.max(GAP_PX, around.right - width), innerWidth - width - GAP_PX);
  menu.style.setProperty("--menu-top", `${top}px`);
  menu.style.setProperty("--menu-left", `${left}px`);
}
