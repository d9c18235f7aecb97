// Lint rules on mixed-mode images.
import { Assembly } from '@ijw/assembly';
import { buildMixedImage, type MixedImageOptions } from '@ijw/fixtures';
import { lintModule } from '@ijw/interop/lint';
import { PEImage, SectionCharacteristics } from '@ijw/pe';
import { describe, expect, it } from 'vitest';
import { MIXED_MODE_RULES } from './mixed-mode-rules.ts';

const plain: MixedImageOptions = { architecture: 'x64', records: [{ type: 6, slots: ['Add'] }], host: 'mscoree.dll', cli: { flags: 0 } };

/** Clears bits of a section's characteristics (PE/COFF "Section Table": 40 bytes an entry, Characteristics at 36). */
function without(bytes: Uint8Array, section: string, bits: number): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const headers = view.getUint32(0x3c, true) + 24 + view.getUint16(view.getUint32(0x3c, true) + 20, true);
  const index = PEImage.parse(bytes).sections.findIndex(({ name }) => name === section);
  const at = headers + index * 40 + 36;
  view.setUint32(at, (view.getUint32(at, true) & ~bits) >>> 0, true);
  return copy;
}

const built = (options: Partial<MixedImageOptions> = {}): Uint8Array => buildMixedImage({ ...plain, ...options }).bytes;

/** The native entry point is the stub of a slot. */
function enteredThroughSlot(): Uint8Array {
  const { stubRvas } = buildMixedImage(plain);
  return built({ cli: { flags: 0x10, entryPointTokenOrRva: stubRvas[0]![0]! } });
}

const damaged: Readonly<Record<(typeof MIXED_MODE_RULES)[number], () => Uint8Array>> = {
  NI070: () => built({ cli: { flags: 1 } }),
  NI071: () => without(built(), '.text', SectionCharacteristics.MEM_EXECUTE),
  NI072: () => built({ records: [{ type: 6, slots: [0x06000099] }] }),
  NI073: () => built({ records: [{ type: 5, slots: ['Add'] }] }),
  NI074: () => without(built(), '.data', SectionCharacteristics.MEM_WRITE),
  NI075: enteredThroughSlot,
  NI076: () =>
    built({
      records: [
        { type: 6, slots: ['Add'] },
        { type: 6, slots: ['Twice'], count: 0 },
      ],
    }),
  NI077: () => built({ core: { Name: 'System.Runtime', Major: 10 } }),
};

const rulesOf = (bytes: Uint8Array): readonly string[] => [
  ...new Set(lintModule(Assembly.of(PEImage.parse(bytes))).findings.map(({ rule }) => rule)),
];

describe('lint rules on mixed-mode images', () => {
  it('find nothing in one that is as compilers make them', () => {
    expect(rulesOf(built())).toEqual([]);
  });

  it('NI077 leaves .NET with its own host, the facade of .NET Framework, and IL-only images alone', () => {
    const core = { Name: 'System.Runtime', Major: 10 };
    expect(rulesOf(built({ core, host: 'ijwhost.dll' }))).not.toContain('NI077');
    expect(rulesOf(built({ core: { ...core, Major: 4 } }))).not.toContain('NI077');
    expect(rulesOf(built({ core, records: [], cli: { flags: 1 } }))).not.toContain('NI077');
    expect(rulesOf(built({ core: { Name: 'System.Private.CoreLib', Major: 8 } }))).toContain('NI077');
  });

  it.each(MIXED_MODE_RULES)('%s speaks of the one image that differs', (rule) => {
    expect(rulesOf(damaged[rule]())).toContain(rule);
  });
});
