import { ifReadable } from '@ijw/binary';
import { type Metadata, makeToken, TableId, tokenRid } from '@ijw/metadata';

/** The row of TypeDef for the module itself (ECMA-335 II.22.37), which members outside of all types belong to. */
export const MODULE_ROW = 1;

/** Which classes the text begins with; all others stand within them. */
export interface ClassNesting {
  /** Rows of TypeDef without an enclosing type. */
  readonly top: readonly number[];
  /** Rows of TypeDef directly within `<Module>`, where obfuscators put them. */
  readonly inModule: readonly number[];
  /** Rows of TypeDef whose enclosing type is not a row of the table, and one row of each circle of types that enclose each other. */
  readonly lost: ReadonlySet<number>;
}

const REACHED = 1;
const ON_PATH = 2;

/** Reads NestedClass (ECMA-335 II.22.32) from every type outwards, so that none is left out. */
export function readClassNesting(metadata: Metadata): ClassNesting {
  const { rowCount } = metadata.tables.TypeDef;
  const states = new Uint8Array(rowCount + 1);
  const top: number[] = [];
  const inModule: number[] = [];
  const lost = new Set<number>();
  for (let rid = MODULE_ROW + 1; rid <= rowCount; rid++) {
    const enclosing = enclosingRow(metadata, rid);
    if (enclosing === 0) top.push(rid);
    else if (enclosing === MODULE_ROW) inModule.push(rid);
    else if (enclosing > rowCount) lost.add(rid);
    else {
      const circle = circleFrom(metadata, rid, states);
      if (circle !== undefined) lost.add(circle);
    }
  }
  return { top, inModule, lost };
}

/** 0 without an enclosing type; a row beyond the table for one that cannot be read. */
const enclosingRow = (metadata: Metadata, rid: number): number => {
  const token = ifReadable(() => metadata.enclosingType(makeToken(TableId.TypeDef, rid)));
  return token === undefined ? Number.POSITIVE_INFINITY : tokenRid(token);
};

/** Follows the enclosing types of a row. Returns the first row of a circle that no walk before this one has met. */
function circleFrom(metadata: Metadata, rid: number, states: Uint8Array): number | undefined {
  const path: number[] = [];
  let current = rid;
  while (current > MODULE_ROW && current < states.length && states[current] === 0) {
    states[current] = ON_PATH;
    path.push(current);
    current = enclosingRow(metadata, current);
  }
  const circle = states[current] === ON_PATH ? path.slice(path.indexOf(current)) : [];
  for (const row of path) states[row] = REACHED;
  return circle.length === 0 ? undefined : circle.reduce((a, b) => Math.min(a, b));
}
