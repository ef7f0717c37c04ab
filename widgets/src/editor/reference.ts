// What the functions do: static/reference.json, loaded when help is asked for the first time.

/** One function of the reference. */
export interface ReferenceEntry {
  name: string;
  synonyms: string[];
  params: { name: string; type: string; description: string }[];
  description: string;
  examples: string[];
}

/** The reference by name and by synonym. */
export class Reference {
  #byName = new Map<string, ReferenceEntry>();

  constructor(readonly entries: readonly ReferenceEntry[]) {
    for (const entry of entries) for (const synonym of entry.synonyms) this.#byName.set(synonym, entry);
    for (const entry of entries) this.#byName.set(entry.name, entry);
  }

  find(name: string): ReferenceEntry | null {
    return this.#byName.get(name) ?? null;
  }
}

/** Reads reference.json's text. */
export function readReference(text: string): Reference {
  const read = JSON.parse(text) as { functions: ReferenceEntry[] };
  return new Reference(read.functions);
}

/** Loads the reference once, on the first call; an unreachable one is an empty one. */
export function lazyReference(load: () => Promise<string>): () => Promise<Reference> {
  let loading: Promise<Reference> | null = null;
  return () => {
    loading ??= load().then(readReference, () => new Reference([]));
    return loading;
  };
}

/** The words of a function: its description's first paragraphs, parameters and first example, as DOM. */
export function referenceCard(entry: ReferenceEntry): HTMLElement {
  const card = document.createElement("div");
  card.className = "alg-help";
  const add = (tag: string, className: string, text: string) => {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text;
    card.append(element);
  };
  add("div", "alg-help-name", `${entry.name}(${entry.params.map((param) => param.name).join(", ")})`);
  if (entry.synonyms.length > 0) add("div", "alg-help-also", `also ${entry.synonyms.join(", ")}`);
  add("p", "alg-help-text", plainText(entry.description));
  for (const param of entry.params.slice(0, 6)) {
    if (param.description) add("div", "alg-help-param", `${param.name}: ${plainText(param.description)}`);
  }
  const example = entry.examples[0];
  if (example) add("pre", "alg-help-example", example);
  return card;
}

/** The first 400 characters without Markdown's marks. */
export function plainText(markdown: string): string {
  const plain = markdown
    .replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .replace(/[*`]+/g, "")
    .replace(/\s*\n\s*/g, " ")
    .trim();
  return plain.length > 400 ? `${plain.slice(0, 399)}…` : plain;
}
