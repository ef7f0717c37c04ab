// A layer where only widgets are known. A session is not joined from there: such a host is often on another
// site than the session's server. It is said where the session is, and the code plays alone.

import { endLayer, type Mounted, type MountOptions } from "./mount.js";
import { element } from "./views/dom.js";

/** The session that a cell is of, as the kernel says it. */
export interface SessionLink {
  title: string;
  /** The session's page. */
  url: string;
}

/** What the kernel's traits say. */
export interface WidgetOptions extends MountOptions {
  /** Null for a cell that plays alone. */
  session: SessionLink | null;
  /** `remove` when the layer is no more. */
  action: string;
}

/** Draws what a widget shows. */
export function drawWidget(
  el: HTMLElement,
  options: WidgetOptions,
  mount: (el: HTMLElement, options: MountOptions) => Mounted,
): { dispose(): void } {
  const { session, action, ...own } = options;
  if (action === "remove") {
    if (own.play) endLayer(own.layer);
    return added(el, note(`${own.layer} is no more.`));
  }
  if (session === null) return mount(el, own);
  const said = added(el, sessionNote(session));
  const view = mount(el, { ...own, play: false });
  return {
    dispose: () => {
      view.dispose();
      said.dispose();
    },
  };
}

function added(el: HTMLElement, child: HTMLElement): { dispose(): void } {
  el.append(child);
  return { dispose: () => child.remove() };
}

function note(...children: (Node | string)[]): HTMLElement {
  const made = element("p", {
    attributes: { role: "note", style: "margin: 4px 2px; font: 13px/1.45 system-ui, sans-serif" },
  });
  made.append(...children);
  return made;
}

function sessionNote({ title, url }: SessionLink): HTMLElement {
  const link = element("a", { text: "open the session", attributes: { target: "_blank", rel: "noopener" } });
  const isPage = /^https?:\/\//.test(url);
  if (isPage) link.href = url;
  return note(
    `This cell is part of the live session “${title}”. To play it with the others, `,
    isPage ? link : "open its notebook in JupyterLab",
    ". Here the code plays alone, as it was when the cell was run.",
  );
}
