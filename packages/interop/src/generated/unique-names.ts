/** Generates unique identifiers. */
export class UniqueNames {
  readonly #reserved: ReadonlySet<string>;
  readonly #taken = new Set<string>();
  /** The next number for a name that is requested often. */
  readonly #next = new Map<string, number>();

  constructor(reserved: ReadonlySet<string>) {
    this.#reserved = reserved;
  }

  /** The name itself, or with `_2`, `_3` … behind it; with `suffixes`, one that is free with each of them behind it too. */
  take(wanted: string, suffixes: readonly string[] = []): string {
    const all = ['', ...suffixes];
    let name = wanted;
    for (let count = this.#next.get(wanted) ?? 2; all.some((suffix) => this.#isTaken(name + suffix)); count++) {
      name = `${wanted}_${count}`;
      this.#next.set(wanted, count + 1);
    }
    for (const suffix of all) this.#taken.add(name + suffix);
    return name;
  }

  #isTaken(name: string): boolean {
    return this.#reserved.has(name) || this.#taken.has(name);
  }
}
