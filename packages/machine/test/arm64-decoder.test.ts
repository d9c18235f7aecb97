// The decoder of arm64 and its text: recorded cases, the table's completeness, reserved words, flow and addresses.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ARM64_TABLE_FILES, generateArm64 } from '../../../tools/instructions/generate-arm64.ts';
import { arm64Encodings, classOf, mnemonicOf, operationOf } from '../src/instructions/arm64/encodings.ts';
import {
  arm64AddressUse,
  arm64BranchDistance,
  arm64Flow,
  arm64MnemonicText,
  arm64OperandsText,
  arm64Row,
  isArm64Padding,
} from '../src/instructions/index.ts';

const root = join(import.meta.dirname, '..');
const ADDRESS = 0x1000n;

function text(word: number, address = ADDRESS): string {
  const row = arm64Row(word | 0);
  return row < 0 ? '' : `${arm64MnemonicText(row, word)} ${arm64OperandsText(row, word, address)}`.trim();
}
const rowOf = (word: number): number => arm64Row(word | 0);

const cases = readFileSync(join(root, 'testdata/arm64-decode.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [word = '', expected = ''] = line.split('|');
    return { word: Number.parseInt(word, 16), expected };
  });

/** Rows without a case: instructions that capstone 5.0 does not know or writes otherwise. */
const ROWS_WITHOUT_CASE = 85;

describe('recorded cases', () => {
  it('have the text that was recorded', () => {
    expect(cases.length).toBeGreaterThan(2800);
    expect(
      cases.filter(({ word, expected }) => text(word) !== expected).map(({ word, expected }) => `${expected} <> ${text(word)}`),
    ).toEqual([]);
  });

  it('reach all rows of the table but those that the oracle lacks', () => {
    const reached = new Set(cases.map(({ word }) => rowOf(word)));
    expect(arm64Encodings().count - reached.size).toBeLessThan(ROWS_WITHOUT_CASE);
  });
});

describe('the generated table', () => {
  const table = (name: string): string => readFileSync(join(root, `src/instructions/arm64/table/${name}.txt`), 'utf8');

  it('is what the tool makes of the rows', () => {
    expect(readFileSync(join(root, 'src/generated/arm64-encodings.ts'), 'utf8')).toBe(
      generateArm64(ARM64_TABLE_FILES.map(table), table('system-registers')),
    );
  });

  it('has no row that another one hides: each applies to a word', () => {
    const random = [0x200000, ...Array.from({ length: 600 }, (_, index) => Math.imul(index, 0x9e3779b1))];
    const hidden = Array.from({ length: arm64Encodings().count }, (_, row) => row).filter(
      (row) => !random.some((word) => arm64Row((word & ~arm64Encodings().mask[row]!) | arm64Encodings().value[row]!) === row),
    );
    expect(hidden.map((row) => mnemonicOf(row))).toEqual([]);
  });
});

describe('words that are reserved', () => {
  it.each([
    ['a bitmask immediate of all ones', 0x1200fc00],
    ['a bitmask immediate of 64 bits in a word', 0x12400000],
    ['a shift of a word by 32', 0x0b008000],
    ['ADD with ROR', 0x0bc00000],
    ['a vector of one doubleword', 0x0ee08400],
    ['a shift by immh 0', 0x7f007400],
    ['LDP into one register twice', 0xa9400000],
    ['LDR that writes its own base back', 0xf8408400],
    ['half precision of ftype 2', 0x1ea04000],
  ])('%s', (_, word) => {
    expect(text(word)).toBe('');
  });
});

describe('flow', () => {
  it.each([
    [0x14000001, 'branch', 4],
    [0x97ffffff, 'call', -4],
    [0x54000040, 'condition', 8],
    [0xb4ffffe0, 'condition', -4],
    [0x36000040, 'condition', 8],
    [0xd61f0200, 'indirectBranch', undefined],
    [0xd71f0a11, 'indirectBranch', undefined],
    [0xd63f0100, 'indirectCall', undefined],
    [0xd65f03c0, 'return', undefined],
    [0xd65f0bff, 'return', undefined],
    [0xd43e0060, 'stop', undefined],
    [0x00000000, 'stop', undefined],
    [0xd4000001, 'next', undefined],
    [0x8b000000, 'next', undefined],
  ])('of %i', (word, flow, distance) => {
    expect(arm64Flow(rowOf(word))).toBe(flow);
    expect(arm64BranchDistance(rowOf(word), word | 0)).toBe(distance);
  });

  it('passes padding', () => {
    expect([0xd503201f, 0xd503245f, 0xd503233f, 0xd503201e].map((word) => rowOf(word) >= 0 && isArm64Padding(rowOf(word)))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe('addresses', () => {
  const use = (word: number) => arm64AddressUse(rowOf(word), word | 0);

  it('are computed by ADR, ADRP, ADD and loads', () => {
    expect(use(0x10000050)).toEqual({ kind: 'address', register: 16, distance: 8 });
    expect(use(0xd0000010)).toEqual({ kind: 'page', register: 16, distance: 0x2000 });
    expect(use(0x91400610)).toEqual({ kind: 'add', register: 16, base: 16, offset: 0x1000 });
    expect(use(0xf9400610)).toEqual({ kind: 'load', register: 16, base: 16, offset: 8, isPointer: true });
    expect(use(0x3dc00610)).toEqual({ kind: 'load', register: 16, base: 16, offset: 16, isPointer: false });
    expect(use(0x58000050)).toEqual({ kind: 'literal', register: 16, distance: 8, isPointer: true });
    expect(use(0xb9000610)).toBeUndefined();
  });
});

describe('text', () => {
  it('has addresses that go round at 64 bits, and where capstone 5.0 is wrong, that of the manual', () => {
    expect(text(0x17ffffff, 0n)).toBe('b #0xfffffffffffffffc');
    // Capstone: `mov w0, #-0xffffffff80000000` and `prfm , [x0]`.
    expect(text(0x52b00000)).toBe('mov w0, #-0x80000000');
    expect(text(0xf9800006)).toBe('prfm #6, [x0]');
  });

  it('has one operation for an instruction and its aliases', () => {
    // mov x0, x1; mvn w0, w1; cmp x1, x2; lsr x0, x1, #4; cset w0, eq
    const words = [0xaa0103e0, 0x2a2103e0, 0xeb02003f, 0xd344fc20, 0x1a9f17e0];
    expect(words.map((word) => `${classOf(rowOf(word))}.${operationOf(rowOf(word))}`)).toEqual([
      'logicalRegister.orr',
      'logicalRegister.orn',
      'addRegister.subs',
      'bitfield.ubfm',
      'conditionalSelect.csinc',
    ]);
  });
});
