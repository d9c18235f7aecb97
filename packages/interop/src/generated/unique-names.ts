/** Generates unique identifiers. */
export class UniqueNames {
  readonly #reserved: ReadonlySet<string>;
  readonly #suffixes: readonly string[];
  readonly #taken = new Set<string>();
  /** Whether a name ends with one of the suffixes: then a name with a suffix behind it may be another's. */
  #hasSuffixed: boolean;
  /** The next number for a name that is requested often. */
  #next: Map<string, number> | undefined;

  /** @param suffixes each name is free with each of them behind it too; none ends with another */
  constructor(reserved: ReadonlySet<string>, suffixes: readonly string[] = []) {
    this.#reserved = reserved;
    this.#suffixes = suffixes;
    this.#hasSuffixed = suffixes.length > 0 && [...reserved].some((name) => this.#isSuffixed(name));
  }

  /** The name itself, or with `_2`, `_3` … behind it. */
  take(wanted: string): string {
    let name = wanted;
    if (!this.#isFree(name)) {
      this.#next ??= new Map();
      let count = this.#next.get(wanted) ?? 2;
      do name = `${wanted}_${count++}`;
      while (!this.#isFree(name));
      this.#next.set(wanted, count);
    }
    this.#taken.add(name);
    this.#hasSuffixed ||= this.#isSuffixed(name);
    return name;
  }

  #isFree(name: string): boolean {
    if (this.#isTaken(name)) return false;
    return this.#suffixes.every((suffix) => {
      if (name.endsWith(suffix) && this.#taken.has(name.slice(0, -suffix.length))) return false;
      return !this.#hasSuffixed || !this.#isTaken(name + suffix);
    });
  }

  #isSuffixed(name: string): boolean {
    return this.#suffixes.some((suffix) => name.endsWith(suffix));
  }

  #isTaken(name: string): boolean {
    return this.#taken.has(name) || this.#reserved.has(name);
  }
}
