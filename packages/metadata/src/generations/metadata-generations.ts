import type { Metadata } from '../metadata.ts';
import { type TableId, tableNameOf } from '../tables/table-id.ts';
import { type Token, tokenRid, tokenTable } from '../tables/token.ts';

/** The place of a row of the combined metadata. */
export interface GenerationRow {
  readonly metadata: Metadata;
  readonly rid: number;
}

/** One generation and the offsets of its heaps in the combined metadata. */
interface Generation {
  readonly metadata: Metadata;
  readonly stringsStart: number;
  readonly userStringsStart: number;
  readonly blobsStart: number;
  /** Row numbers in this generation by token; `undefined` for the first, whose rows are where their tokens say. */
  readonly rows: ReadonlyMap<number, number> | undefined;
}

/** Bytes of #Strings without the zeroes that fill up its stream: the next generation's go on there (clr `stgpool.cpp`, `InitOnMem`). */
function unpaddedSize(bytes: Uint8Array): number {
  let end = bytes.length;
  while (end > 1 && bytes[end - 1] === 0 && bytes[end - 2] === 0) end--;
  return end;
}

/** The rows of a delta: the n-th token of a table in EncMap is the n-th row of that table in the delta. */
function mapRows({ tables: { EncMap } }: Metadata): ReadonlyMap<number, number> {
  const rows = new Map<number, number>();
  const seen = new Array<number>(256).fill(0);
  const tokens = EncMap.column('Token');
  for (let rid = 1; rid <= EncMap.rowCount; rid++) {
    const token = tokens.at(rid);
    rows.set(token, ++seen[token >>> 24]!);
  }
  return rows;
}

/**
 * An assembly's metadata and the edit-and-continue deltas that were applied to it, read as one. #Strings, #US and #Blob of each generation are appended
 * to those before, #GUID is rewritten with zeroes where the older ones were; EncMap tells which rows a delta changes or adds (clr `metamodelenc.cpp`;
 * System.Reflection.Metadata `MetadataBuilder`, "Notes on EnC delta heaps").
 */
export class MetadataGenerations {
  readonly #generations: readonly Generation[];

  /** @param deltas in the order they were applied */
  constructor(base: Metadata, deltas: readonly Metadata[]) {
    const generations: Generation[] = [];
    let [stringsStart, userStringsStart, blobsStart] = [0, 0, 0];
    for (const [index, metadata] of [base, ...deltas].entries()) {
      generations.push({ metadata, stringsStart, userStringsStart, blobsStart, rows: index === 0 ? undefined : mapRows(metadata) });
      stringsStart += unpaddedSize(metadata.strings.bytes);
      userStringsStart += metadata.userStrings.size;
      blobsStart += metadata.blobs.size;
    }
    this.#generations = generations;
  }

  /** The newest row that a token names; `undefined` when no generation has it. */
  row(token: Token): GenerationRow | undefined {
    const name = tableNameOf(tokenTable(token));
    if (name === undefined) return undefined;
    for (const { metadata, rows } of this.#generations.toReversed()) {
      const rid = rows === undefined ? tokenRid(token) : rows.get(token);
      if (rid !== undefined && metadata.tables[name].has(rid)) return { metadata, rid };
    }
    return undefined;
  }

  /** How many rows a table has in the end. EncMap has them by number, so the largest counts. */
  rowCount(table: TableId): number {
    const [first, ...deltas] = this.#generations;
    let count = first!.metadata.tables[tableNameOf(table)!].rowCount;
    for (const { rows } of deltas) {
      for (const token of rows!.keys()) if (token >>> 24 === table) count = Math.max(count, token & 0xffffff);
    }
    return count;
  }

  /** The string at an offset of the whole. @throws BadImageError BAD_STRING_OFFSET, UNTERMINATED_STRING */
  string(offset: number): string {
    const { metadata, stringsStart } = this.#holder(offset, (generation) => generation.stringsStart);
    return metadata.strings.get(offset - stringsStart);
  }

  /** @throws BadImageError */
  userString(offset: number): string {
    const { metadata, userStringsStart } = this.#holder(offset, (generation) => generation.userStringsStart);
    return metadata.userStrings.get(offset - userStringsStart);
  }

  /** @throws BadImageError */
  blob(offset: number): Uint8Array {
    const { metadata, blobsStart } = this.#holder(offset, (generation) => generation.blobsStart);
    return metadata.blobs.get(offset - blobsStart);
  }

  /** The GUID of an index, from the generation that added it; `undefined` for 0. @throws BadImageError BAD_GUID_INDEX */
  guid(index: number): string | undefined {
    const holder = this.#generations.find(({ metadata }) => index <= metadata.guids.count) ?? this.#generations[0]!;
    return holder.metadata.guids.get(index);
  }

  #holder(offset: number, start: (generation: Generation) => number): Generation {
    return this.#generations.findLast((generation) => offset >= start(generation)) ?? this.#generations[0]!;
  }
}
