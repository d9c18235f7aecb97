// The decoder of x86 and x64 and its text: recorded cases, the table's completeness, flow and bounds.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { generateX86, X86_TABLE_FILES } from '../../../tools/instructions/generate-x86.ts';
import { jumpTarget, memoryAddress, mnemonicText, operandsText, X86Decoder, x86Flow } from '../src/instructions/index.ts';
import { operationOf, x86Encodings } from '../src/instructions/x86/encodings.ts';

const root = join(import.meta.dirname, '..');
const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

function decoded(hex: string, is64Bit = true): X86Decoder['instruction'] {
  const decoder = new X86Decoder(is64Bit);
  expect(decoder.decode(bytesOf(hex), 0)).toBe('decoded');
  return decoder.instruction;
}

interface DecodeCase {
  readonly is64Bit: boolean;
  readonly hex: string;
  readonly text: string;
}

const cases: readonly DecodeCase[] = readFileSync(join(root, 'testdata/x86-decode.txt'), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => {
    const [mode, hex = '', text = ''] = line.split('|');
    return { is64Bit: mode === '64', hex, text };
  });

/** Rows that no recorded case reaches: their bytes are rare among random ones. */
const ROWS_WITHOUT_CASE = 40;

describe('recorded cases', () => {
  const decoders = { 32: new X86Decoder(false), 64: new X86Decoder(true) };
  const decode = ({ is64Bit, hex }: DecodeCase): { readonly row: number; readonly line: string } => {
    const decoder = decoders[is64Bit ? 64 : 32];
    const status = decoder.decode(bytesOf(hex), 0);
    const { instruction } = decoder;
    const text = status === 'decoded' ? `${mnemonicText(instruction)} ${operandsText(instruction, 0x1000n)}`.trim() : status;
    return { row: instruction.row, line: `${hex}|${instruction.length}|${text}` };
  };

  it('have the length and the text that were recorded', () => {
    expect(cases.length).toBeGreaterThan(4000);
    const wrong = cases.filter((one) => decode(one).line !== `${one.hex}|${one.hex.length / 2}|${one.text}`);
    expect(wrong.map((one) => `${one.text} <> ${decode(one).line}`)).toEqual([]);
  });

  it('reach all rows of the table but a few', () => {
    const reached = new Set(cases.map((one) => decode(one).row));
    expect(x86Encodings().count - reached.size).toBeLessThan(ROWS_WITHOUT_CASE);
  });

  it('are truncated wherever they are cut', () => {
    for (const { is64Bit, hex } of cases) {
      const bytes = bytesOf(hex);
      const decoder = decoders[is64Bit ? 64 : 32];
      for (let length = 0; length < bytes.length; length++) expect(decoder.decode(bytes.subarray(0, length), 0), hex).not.toBe('decoded');
    }
  });
});

describe('the generated table', () => {
  it('is what the tool makes of the rows', () => {
    const tables = X86_TABLE_FILES.map((name) => readFileSync(join(root, `src/instructions/x86/table/${name}.txt`), 'utf8'));
    expect(readFileSync(join(root, 'src/generated/x86-encodings.ts'), 'utf8')).toBe(generateX86(tables));
  });
});

describe('an instruction of more than 15 bytes', () => {
  it('is invalid, whatever follows', () => {
    const decoder = new X86Decoder(true);
    expect(decoder.decode(new Uint8Array(64).fill(0x66), 0)).toBe('invalid');
    expect(decoder.decode(bytesOf(`${'66'.repeat(14)}90`), 0)).toBe('decoded');
    expect(decoder.decode(bytesOf(`${'66'.repeat(15)}90`), 0)).toBe('invalid');
  });
});

describe('flow', () => {
  it.each([
    ['90', 'next'],
    ['eb02', 'branch'],
    ['7402', 'condition'],
    ['e800000000', 'call'],
    ['ff1500000000', 'indirectCall'],
    ['3effe0', 'indirectBranch'],
    ['c3', 'return'],
    ['cc', 'stop'],
    ['cd29', 'stop'],
    ['cd2d', 'next'],
    ['0f0b', 'stop'],
  ])('of %s is %s', (hex, flow) => {
    expect(x86Flow(decoded(hex))).toBe(flow);
  });

  it('has the target of a jump and the slot that a jump goes through', () => {
    expect(jumpTarget(decoded('e900000080'), 0x1_8000_1000n)).toBe(0x1_0000_1005n);
    expect(jumpTarget(decoded('66e90080', false), 0x401000n)).toBe(0x9004n);
    expect(memoryAddress(decoded('ff2510000000'), 0x1000n)).toBe(0x1016n);
    expect(memoryAddress(decoded('ff2510000080', false), 0x1000n)).toBe(0x80000010n);
    expect(memoryAddress(decoded('ff6008'), 0x1000n)).toBeUndefined();
  });
});

describe('operations', () => {
  it('have one name where sizes decide the mnemonic', () => {
    expect(['6698', '98', '4898'].map((hex) => operationOf(decoded(hex).row))).toEqual(['cbw', 'cbw', 'cbw']);
    expect(['6698', '98', '4898'].map((hex) => mnemonicText(decoded(hex)))).toEqual(['cbw', 'cwde', 'cdqe']);
  });

  it('are written with an address of 64 bits', () => {
    expect(operandsText(decoded('a11122334455667788'), 0n)).toBe('eax, [0x8877665544332211]');
    expect(operandsText(decoded('48b90000000000000080'), 0n)).toBe('rcx, 0x8000000000000000');
  });
});
