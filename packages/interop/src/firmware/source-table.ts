import { BadImageError, hexDigits } from '@ijw/binary';
import { type CToken, cTokens } from '../generated/c-tokens.ts';

/** A methods table and its definition object in C++ source. */
export interface SourceTable {
  readonly assembly: string;
  readonly checksum: number;
  /** `Struct::Method`, or `undefined` for `nullptr`. */
  readonly slots: readonly (string | undefined)[];
}

/** A difference between existing files and an assembly. */
export interface StubMismatch {
  /** The slot of a methods table, or another part that differs. */
  readonly place: string | number;
  readonly expected: string;
  readonly found: string;
  /** The changes of the assembly since: `slot 1 moved because \`Helper\` was added`. */
  readonly explanation?: string;
}

/** The types that a system's methods table and its definition object are declared with. */
export interface TableTypes {
  readonly handler: string;
  readonly definition: string;
}

/** Reads `… methods[] = { … }` and `TinyCLR_Interop_Assembly … = { "name", checksum, methods }` back. @throws BadImageError */
export function readSourceTable(source: string, reading: string, types: TableTypes): SourceTable {
  const tokens = cTokens(source, reading);
  const rows = initializer(tokens, types.handler, reading);
  const definition = initializer(tokens, types.definition, reading);
  const [name, checksum] = definition;
  if (name?.[0]?.kind !== 'string' || checksum?.[0]?.kind !== 'number')
    throw malformed(reading, 'The definition needs a name and a checksum', name?.[0]?.offset);
  return {
    assembly: name[0].text.slice(1, -1),
    checksum: Number(checksum[0].text.replace(/[uUlL]+$/, '')) >>> 0,
    slots: rows.map((row) => {
      const text = row.map((token) => token.text).join('');
      return text === 'nullptr' || text === 'NULL' || text === '0' ? undefined : text.replace(/^&/, '');
    }),
  };
}

/** The elements between the braces that initialise the variable of a type. */
function initializer(tokens: readonly CToken[], type: string, reading: string): CToken[][] {
  const start = tokens.findIndex((token, index) => token.text === type && tokens.slice(index, index + 8).some((next) => next.text === '='));
  if (start < 0) throw malformed(reading, `${type} not found`);
  const open = tokens.findIndex((token, index) => index > start && token.text === '{');
  const close = tokens.findIndex((token, index) => index > open && token.text === '}');
  if (open < 0 || close < 0) throw malformed(reading, `The braces of ${type} are missing`, tokens[start]!.offset);
  const elements: CToken[][] = [];
  let element: CToken[] = [];
  for (const token of tokens.slice(open + 1, close)) {
    if (token.text !== ',') element.push(token);
    else {
      elements.push(element);
      element = [];
    }
  }
  return element.length > 0 ? [...elements, element] : elements;
}

/** Compares two methods tables, slot by slot. */
export function compareMethodsTables(expected: SourceTable, found: SourceTable): readonly StubMismatch[] {
  const mismatches: StubMismatch[] = [];
  const compare = (place: StubMismatch['place'], wanted: string, is: string): void => {
    if (wanted !== is) mismatches.push({ place, expected: wanted, found: is });
  };
  compare('assembly', expected.assembly, found.assembly);
  compare('checksum', checksumText(expected.checksum), checksumText(found.checksum));
  compare('length', String(expected.slots.length), String(found.slots.length));
  for (let index = 0; index < Math.max(expected.slots.length, found.slots.length); index++)
    compare(index, expected.slots[index] ?? 'nullptr', found.slots[index] ?? 'nullptr');
  return mismatches;
}

export const checksumText = (checksum: number): string => `0x${hexDigits(checksum, 8).toUpperCase()}`;

const malformed = (reading: string, message: string, offset = 0): BadImageError =>
  new BadImageError({ code: 'BAD_INTEROP_TABLE', offset, reading, message });
