const UNMADE = Symbol('unmade');

/** A value that is computed at its first use and kept, `undefined` too. An error is not kept. */
export class Lazy<T> {
  readonly #make: () => T;
  #kept: T | typeof UNMADE = UNMADE;

  constructor(make: () => T) {
    this.#make = make;
  }

  get value(): T {
    if (this.#kept === UNMADE) this.#kept = this.#make();
    return this.#kept;
  }
}

/** As `Lazy`, with a value for each object, which is kept as long as the object lives. */
export function lazyFor<K extends object, T>(make: (key: K) => T): (key: K) => T {
  const known = new WeakMap<K, Lazy<T>>();
  return (key) => {
    let kept = known.get(key);
    if (kept === undefined) {
      kept = new Lazy(() => make(key));
      known.set(key, kept);
    }
    return kept.value;
  };
}
