import type { ExceptionClause } from '../body/exception-clause.ts';

/** A run of code between braces, and the text before its `{`. */
export interface CodeBlock {
  readonly start: number;
  readonly end: number;
  readonly kind: 'try' | 'filter' | 'handler';
  /** Of a filter or handler: which clause it belongs to. */
  readonly clause: ExceptionClause;
}

/** A `try` with all its handlers, which follow it and each other without a gap. */
interface ProtectedRegion {
  readonly start: number;
  /** After the last handler. */
  end: number;
  readonly tryEnd: number;
  readonly clauses: ExceptionClause[];
}

const handlerStart = (clause: ExceptionClause): number =>
  clause.kind === 'filter' ? clause.classTokenOrFilterOffset : clause.handlerOffset;
const handlerEnd = (clause: ExceptionClause): number => clause.handlerOffset + clause.handlerLength;

/**
 * The clauses of a body as nested blocks, or `undefined` if blocks cannot express the clauses: handlers apart from their `try`, regions that overlap, blocks that do not begin
 * and end at instructions, or an order that the assembler would not give back (it writes a clause when its handler closes).
 */
export function exceptionBlocks(
  clauses: readonly ExceptionClause[],
  isBoundary: (offset: number) => boolean,
): readonly CodeBlock[] | undefined {
  const regions = groupRegions(clauses);
  if (regions === undefined) return undefined;
  const blocks = regions.flatMap(blocksOf).sort((a, b) => a.start - b.start || b.end - a.end);
  if (!areNested(blocks) || !isInClosingOrder(regions, clauses)) return undefined;
  if (blocks.some((block) => block.start >= block.end || !isBoundary(block.start) || !isBoundary(block.end))) return undefined;
  return blocks;
}

/** Clauses that come one after the other, with one `try` and handlers that continue it, are one region. */
function groupRegions(clauses: readonly ExceptionClause[]): ProtectedRegion[] | undefined {
  const regions: ProtectedRegion[] = [];
  // By where they begin, where their `try` ends, and where the next handler has to begin. Two of one key overlap: no blocks can say that.
  const open = new Map<string, ProtectedRegion>();
  for (const clause of clauses) {
    if (clause.kind === 'unknown' || (clause.kind === 'filter' && clause.classTokenOrFilterOffset > clause.handlerOffset)) return undefined;
    const start = clause.tryOffset;
    const tryEnd = start + clause.tryLength;
    const keyAt = (end: number): string => `${start} ${tryEnd} ${end}`;
    let region = open.get(keyAt(handlerStart(clause)));
    if (region) {
      open.delete(keyAt(region.end));
      region.clauses.push(clause);
      region.end = handlerEnd(clause);
    } else if (handlerStart(clause) === tryEnd) {
      region = { start, tryEnd, end: handlerEnd(clause), clauses: [clause] };
      regions.push(region);
    } else return undefined;
    open.set(keyAt(region.end), region);
  }
  return regions;
}

function blocksOf({ start, tryEnd, clauses }: ProtectedRegion): CodeBlock[] {
  const blocks: CodeBlock[] = [{ start, end: tryEnd, kind: 'try', clause: clauses[0]! }];
  for (const clause of clauses) {
    if (clause.kind === 'filter')
      blocks.push({ start: clause.classTokenOrFilterOffset, end: clause.handlerOffset, kind: 'filter', clause });
    blocks.push({ start: clause.handlerOffset, end: handlerEnd(clause), kind: 'handler', clause });
  }
  return blocks;
}

/** Two regions lie apart, or one lies within one block of the other: so do their blocks, in the order of their places. */
function areNested(blocks: readonly CodeBlock[]): boolean {
  const open: CodeBlock[] = [];
  for (const block of blocks) {
    while (open.length > 0 && open.at(-1)!.end <= block.start) open.pop();
    const outer = open.at(-1);
    if (outer && (block.end > outer.end || (block.start === outer.start && block.end === outer.end))) return false;
    open.push(block);
  }
  return true;
}

/** The order in which handlers close is the order of the clauses. */
function isInClosingOrder(regions: readonly ProtectedRegion[], clauses: readonly ExceptionClause[]): boolean {
  const closing = regions.flatMap((region) => region.clauses).sort((a, b) => handlerEnd(a) - handlerEnd(b) || b.tryOffset - a.tryOffset);
  return closing.every((clause, index) => clause === clauses[index]);
}
