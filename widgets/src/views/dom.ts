// Making elements in one line.

interface Parts {
  class?: string;
  text?: string;
  title?: string;
  type?: string;
  /** Attributes, `aria-*` among them. */
  attributes?: Record<string, string>;
  children?: (Node | null)[];
}

/** An element of this tag with these parts. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  parts: Parts = {},
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (parts.class) made.className = parts.class;
  if (parts.text !== undefined) made.textContent = parts.text;
  if (parts.title) made.title = parts.title;
  if (parts.type) made.setAttribute("type", parts.type);
  for (const [name, value] of Object.entries(parts.attributes ?? {})) made.setAttribute(name, value);
  for (const child of parts.children ?? []) if (child) made.append(child);
  return made;
}

/** Sets a text only when it differs: live regions speak again when they are touched. */
export function setText(target: Element, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}
