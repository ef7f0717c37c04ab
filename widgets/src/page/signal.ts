// One thing that happens, and those who want to know.

/** A list of listeners for one kind of news. */
export class Signal<T> {
  #listeners = new Set<(news: T) => void>();

  /** Adds a listener; call what it returns to take it away again. */
  on(listener: (news: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(news: T): void {
    for (const listener of [...this.#listeners]) listener(news);
  }

  /** How many listen: zero means nobody needs the work. */
  get size(): number {
    return this.#listeners.size;
  }
}
