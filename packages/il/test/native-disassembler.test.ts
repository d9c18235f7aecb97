// Native methods of real mixed-mode images, and the bounds of their bodies.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { methodsWithCode } from '@ijw/il';
import { NativeBounds, NativeDisassembler } from '@ijw/il/native';
import { Metadata } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import { readImportDirectory } from '@ijw/pe/imports';
import { describe, expect, it } from 'vitest';

const edge = join(import.meta.dirname, '../../../node_modules/edge-js/lib/native/win32');

/** The name of each import by the RVA of its slot. */
function importNames(image: PEImage): Map<number, string> {
  const names = new Map<number, string>();
  for (const { name: module, symbols } of readImportDirectory(image)?.modules ?? []) {
    for (const { name, ordinal, iatRva } of symbols) names.set(iatRva, `${module}!${name ?? `#${ordinal}`}`);
  }
  return names;
}

describe('bounds of native bodies', () => {
  const bounds = new NativeBounds({ starts: [0x3000, 0x1000, 0x2000], ranges: [{ start: 0x1100, end: 0x1180 }] });

  it('are exact within unwind ranges, and else reach to what starts next', () => {
    expect(bounds.of(0x1100)).toEqual({ limit: 0x1180, limitIsExact: true });
    expect(bounds.of(0x117f)).toEqual({ limit: 0x1180, limitIsExact: true });
    expect(bounds.of(0x1000)).toEqual({ limit: 0x1100, limitIsExact: false });
    expect(bounds.of(0x1180)).toEqual({ limit: 0x2000, limitIsExact: false });
    expect(bounds.of(0x3000)).toEqual({ limit: Number.POSITIVE_INFINITY, limitIsExact: false });
    expect(bounds.of(0)).toEqual({ limit: 0x1000, limitIsExact: false });
  });
});

describe('native methods of real mixed-mode images', () => {
  it.each([
    ['x64/26', 'jmp', 96],
    ['ia32/22', 'jmp', 94],
    ['arm64/26', 'br', 96],
  ])('%s: nearly all jump through the import table, to an import by name', async (folder, jump, count) => {
    const image = PEImage.parse(readFileSync(join(edge, folder, 'edge_nativeclr.node')));
    const metadata = Metadata.of(image)!;
    const names = importNames(image);
    const disassembler = await NativeDisassembler.load(image, {
      metadata,
      describe: (rva, use) => (use === 'memory' ? names.get(rva) : undefined),
    });
    const methods = [...methodsWithCode(metadata)].filter(({ isIL }) => !isIL);
    let imported = 0;
    for (const { rva } of methods) {
      const { instructions, size } = disassembler.body(rva);
      expect(size).toBeGreaterThan(0);
      expect(instructions.every(({ flow }) => flow !== 'invalid')).toBe(true);
      const comments = instructions.map((instruction) => disassembler.comment(instruction)).filter((comment) => comment !== undefined);
      if (instructions.at(-1)!.mnemonic === jump && comments.length === 1 && instructions.length <= 3) imported++;
    }
    expect(imported).toBe(count);
  });
});
