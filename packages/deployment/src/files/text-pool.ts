const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Shorter strings are never parts of others in V8 (`SlicedString::kMinLength`). */
const SHORTEST_PART = 13;

/**
 * Texts that outlive the heap they are from, each once. A part of a long string keeps all of it: what is kept here is a copy, so that the names of an
 * assembly do not hold its #Strings heap.
 */
export class TextPool {
  readonly #known = new Map<string, string>();

  /** `Namespace.Name`. What is put together holds no part once it was looked up. */
  join(namespace: string, name: string): string {
    if (namespace === '') return this.keep(name);
    const text = `${namespace}.${name}`;
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    this.#known.set(text, text);
    return text;
  }

  keep(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const copy = text.length < SHORTEST_PART ? text : decoder.decode(encoder.encode(text));
    this.#known.set(copy, copy);
    return copy;
  }
}
