// The opcode table: names, encodings, prefixes and branches of ECMA-335 III.
import { allOpCodes, OpCodes, opCodeOf, opCodesByIndex } from '@ijw/il';
import { describe, expect, it } from 'vitest';

const ranges = (numbers: readonly number[]): string[] => {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return found.map(([from, to]) => (from === to ? from.toString(16) : `${from.toString(16)}-${to.toString(16)}`));
};

describe('opcode table', () => {
  it('has 219 instructions and eight bytes that are named but are none', () => {
    expect(allOpCodes.filter((opCode) => opCode.kind !== 'Internal')).toHaveLength(219);
    expect(allOpCodes.filter((opCode) => opCode.kind === 'Internal').map((opCode) => opCode.name)).toEqual([
      'prefix7',
      'prefix6',
      'prefix5',
      'prefix4',
      'prefix3',
      'prefix2',
      'prefix1',
      'prefixref',
    ]);
  });

  it('has every name and every encoding once', () => {
    expect(new Set(allOpCodes.map((opCode) => opCode.name)).size).toBe(allOpCodes.length);
    expect(new Set(allOpCodes.map((opCode) => opCode.encoding)).size).toBe(allOpCodes.length);
  });

  it('reserves exactly the encodings that the standard leaves open', () => {
    const one = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => opCodeOf(byte) === undefined);
    const two = Array.from({ length: 256 }, (_, byte) => 0xfe00 | byte).filter((encoding) => opCodeOf(encoding) === undefined);
    expect(ranges(one)).toEqual(['24', '77-78', 'a6-b2', 'bb-c1', 'c4-c5', 'c7-cf', 'e1-ff']);
    expect(ranges(two)).toEqual(['fe08', 'fe10', 'fe1b', 'fe1f-feff']);
  });

  it('finds by encoding what it finds by index', () => {
    for (const opCode of opCodesByIndex) {
      if (opCode !== undefined) expect(opCodeOf(opCode.encoding)).toBe(opCode);
    }
    for (const encoding of [-1, 0x100, 0xfd00, 0xff00, 0x1fe00]) expect(opCodeOf(encoding)).toBeUndefined();
  });

  it('ends the names of prefixes, and no others, with a dot', () => {
    for (const opCode of allOpCodes) expect(opCode.name.endsWith('.')).toBe(opCode.kind === 'Prefix');
  });

  it('gives branches, and only them, a place to branch to', () => {
    const branches = allOpCodes.filter((opCode) => opCode.flow === OpCodes.br.flow || opCode.flow === OpCodes.beq.flow);
    const targets = allOpCodes.filter((opCode) =>
      [OpCodes['br.s'], OpCodes.br, OpCodes.switch].some(({ operandKind }) => operandKind === opCode.operandKind),
    );
    expect(branches).toEqual(targets);
  });
});
