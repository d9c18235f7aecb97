import { type AssemblyShape, type MethodShape, qualifiedName, type TypeShape } from '../shape/assembly-shape.ts';

const ordinal = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Nested types have no namespace in metadata, so they sort by their simple name. */
const sortKey = (type: TypeShape): string => (type.enclosing ? type.name : qualifiedName(type));

/** The order in which TinyCLR's metadata processor lays types out: ordinal by name, each after its enclosing type, its base and its interfaces of the module. */
export function orderedTypes(assembly: AssemblyShape): readonly TypeShape[] {
  const ordered = new Set<TypeShape>();
  const entered = new Set<TypeShape>();
  for (const root of [...assembly.types].sort((a, b) => ordinal(sortKey(a), sortKey(b)))) {
    // An explicit stack: a chain of base types may be as long as the file makes it.
    const stack: TypeShape[] = [root];
    while (stack.length > 0) {
      const type = stack.at(-1)!;
      const before = entered.has(type) ? [] : prerequisites(type).filter((other) => !ordered.has(other) && !entered.has(other));
      entered.add(type);
      if (before.length > 0) for (const other of before.reverse()) stack.push(other);
      else {
        ordered.add(type);
        stack.pop();
      }
    }
  }
  return [...ordered];
}

const prerequisites = (type: TypeShape): TypeShape[] =>
  [type.enclosing, type.base, ...type.interfaces].filter((other) => other !== undefined);

/** Virtual methods first, then other instance methods, then static ones, each in metadata order. */
export function orderedMethods(type: TypeShape): readonly MethodShape[] {
  const rank = (method: MethodShape): number => (method.isVirtual ? 0 : method.isStatic ? 2 : 1);
  return [...type.methods].sort((a, b) => rank(a) - rank(b));
}
