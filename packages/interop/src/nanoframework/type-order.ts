import { typeFullName } from '@ijw/metadata';
import type { AssemblyShape, TypeShape } from '../shape/assembly-shape.ts';

interface Step {
  readonly type: TypeShape;
  /** Types that come before this one and are still to be looked at. */
  readonly before: TypeShape[];
  /** The type is marked as processed; what is left are the types that its code names. */
  marked: boolean;
}

/**
 * The order of nanoFramework's type table: by full name; before each type its enclosing type and its interfaces of the module, and, once it is marked so that nothing comes twice,
 * the types of the module in the signatures of the methods that its code names. Base types have no say.
 */
export function nanoTypeOrder(assembly: AssemblyShape, operandTypes: (type: TypeShape) => readonly TypeShape[]): readonly TypeShape[] {
  const named = assembly.types.map((type) => ({ type, name: typeFullName(assembly.metadata, type.token) }));
  // The tool sorts by the culture's rules; those of English are the ones it is run with.
  const collator = new Intl.Collator('en-US');
  const sorted = named.sort((a, b) => collator.compare(a.name, b.name));
  const ordered: TypeShape[] = [];
  const marked = new Set<TypeShape>();
  const entered = new Set<TypeShape>();
  for (const { type: root } of sorted) {
    // An explicit stack: chains are as long as the file makes them.
    const stack: Step[] = marked.has(root) ? [] : [step(root)];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      entered.add(top.type);
      const next = top.before.shift();
      if (next !== undefined) {
        if (!marked.has(next) && !(entered.has(next) && !top.marked)) stack.push(step(next));
      } else if (!top.marked && !marked.has(top.type)) {
        marked.add(top.type);
        top.marked = true;
        for (const type of operandTypes(top.type)) top.before.push(type);
      } else {
        if (top.marked) ordered.push(top.type);
        stack.pop();
      }
    }
  }
  return ordered;
}

const step = (type: TypeShape): Step => ({
  type,
  before: [...(type.enclosing ? [type.enclosing] : []), ...type.interfaces],
  marked: false,
});
