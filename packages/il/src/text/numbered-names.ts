/** Gives each name out once: one that is taken gets `_1`, `_2` … behind it. The numbers of a name only rise, so that none is tried twice. */
export class NumberedNames {
  readonly #keyOf: (name: string) => string;
  readonly #taken = new Set<string>();
  readonly #next = new Map<string, number>();

  /** @param keyOf what two names have in common that must not both be given out */
  constructor(keyOf: (name: string) => string = (name) => name) {
    this.#keyOf = keyOf;
  }

  take(wanted: string): string {
    const key = this.#keyOf(wanted);
    let name = wanted;
    let number = this.#next.get(key) ?? 1;
    for (; this.#taken.has(this.#keyOf(name)); number++) name = `${wanted}_${number}`;
    this.#next.set(key, number);
    this.#taken.add(this.#keyOf(name));
    return name;
  }
}
