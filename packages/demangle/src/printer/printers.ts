import type { TextWriter } from './text-writer.ts';

/** A printer for each kind of node. */
export type Printers<Node extends { readonly kind: string }, Rest extends readonly unknown[] = []> = {
  readonly [Kind in Node['kind']]: (writer: TextWriter, node: Extract<Node, { readonly kind: Kind }>, ...rest: Rest) => void;
};

/** Prints a node, one level deeper, with the printer of its kind; the compiler cannot check that the two belong together. */
export function printByKind<Node extends { readonly kind: string }, Rest extends readonly unknown[] = []>(
  printers: Printers<Node, Rest>,
  writer: TextWriter,
  node: Node,
  ...rest: Rest
): void {
  const print = printers[node.kind as Node['kind']] as (writer: TextWriter, node: Node, ...rest: Rest) => void;
  writer.nested(() => print(writer, node, ...rest));
}
