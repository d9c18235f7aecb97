/** A list whose items are created each time it is read. `JSON.stringify` writes it as an array. */
export interface LazyList<T> extends Iterable<T> {
  toJSON(): readonly T[];
}

/** What `make` gives for each of `items`: a document may hold hundreds of thousands of them and is written without holding any. */
export const lazyList = <S, T>(items: Iterable<S>, make: (item: S, index: number) => T): LazyList<T> => ({
  *[Symbol.iterator]() {
    let index = 0;
    for (const item of items) yield make(item, index++);
  },
  toJSON() {
    return [...this];
  },
});
