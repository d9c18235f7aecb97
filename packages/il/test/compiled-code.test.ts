// The compiled code of ReadyToRun images: which functions belong to which method, and the names of what import cells stand for (skipped without ../shared).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ByteWriter } from '@ijw/binary';
import { CompiledCode, ownerOf } from '@ijw/il/native';
import { Metadata } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { encodeFieldSignature, encodeMethodSignature } from '@ijw/metadata/signatures';
import { cliHeaderPart, PEImage } from '@ijw/pe';
import { bytesPart, type ImagePart, PEBuilder } from '@ijw/pe/builder';
import { exportDirectoryPart } from '@ijw/pe/exports';
import { ReadyToRunSectionType, readReadyToRunHeader, writeReadyToRunHeader } from '@ijw/pe/ready-to-run';
import { describe, expect, it } from 'vitest';

const VOID = { kind: 'primitive', type: 'void' } as const;
const signature = encodeMethodSignature({
  header: 0,
  genericParameterCount: 0,
  requiredParameterCount: 0,
  returnType: VOID,
  parameterTypes: [],
});

function metadataBytes(): Uint8Array {
  const builder = new MetadataBuilder();
  builder.add('Module', { Name: 'r2r.dll' });
  builder.add('Assembly', { Name: 'r2r' });
  builder.add('TypeDef', { Name: '<Module>' });
  builder.add('TypeDef', { Namespace: 'N', Name: 'C', Flags: 1 });
  for (const Name of ['First', 'Second', 'Generic']) builder.add('MethodDef', { Name, Flags: 0x16, Signature: signature });
  builder.add('Field', { Name: 'F', Flags: 0x16, Signature: encodeFieldSignature(VOID) });
  builder.add('AssemblyRef', { Name: 'Other' });
  builder.userStrings.add('text');
  return builder.build();
}

/** Cells and their signatures: a helper, a method of this module, one of another, a string, a type argument's instance. */
const SIGNATURES = [
  [0x1a, 0x30],
  [0x14, 2],
  [0x94, 1, 5],
  [0x1b, 1],
  [0x13, 0x04, 3, 1, 0x08],
  [0x1c, 0x15, 0x12, 2 << 2, 1, 0x3e],
  [0x7e],
  [0x30, 2, (8 << 1) | 1, 7 << 1],
  [0x2b, 16, 0, 1],
  [0x31, 4, 12, 0, 1],
  [0x33, 1, 0, 1, 0x08, 0, 2],
  [0x34, 0, 0, 1, 0x08],
  [0x35, 2, 0x00, 0x2a, 1, 0x08, 0, 2],
] as const;

interface R2rInput {
  /** A component of this composite image. */
  readonly owner?: string;
}

/** A composite image of one component, `r2r`: the tables of its methods stand in a header of its own. */
function buildComposite(): PEImage {
  const pe = new PEBuilder({ machine: 0x8664, coff: { characteristics: 0x2022 } });
  const text = pe.addSection('.text');
  const code = text.add(bytesPart(new Uint8Array(0x20).fill(0xc3), 16));
  const functions = text.add(
    part(24, (plan, writer) => {
      for (const offset of [0, 8])
        writer
          .u32(plan.rvaOf(code) + offset)
          .u32(plan.rvaOf(code) + offset + 8)
          .u32(0);
    }),
  );
  const methods = text.add(Uint8Array.from([(1 << 2) << 1, 1, 0, 0]));
  // UpdateContext and an argument: method 3 of module 2, which is the first of the manifest.
  const instances = text.add(Uint8Array.from([0, 2, 4, 0, 1 << 1, 0x80, 0x84, 2, 3, 1, 0x08, (1 << 1) << 1]));
  const manifest = new MetadataBuilder();
  manifest.add('Module', { Name: 'manifest' });
  manifest.add('AssemblyRef', { Name: 'r2r' });
  const references = text.add(bytesPart(manifest.build(), 4));
  const component = text.add(
    part(20, (plan, writer) => {
      writer.u32(0).u32(1).u32(ReadyToRunSectionType.MethodDefEntryPoints).u32(plan.rvaOf(methods)).u32(sizeOf(methods));
    }),
  );
  const components = text.add(part(16, (plan, writer) => writer.u32(0).u32(0).u32(plan.rvaOf(component)).u32(20)));
  const list = [
    [ReadyToRunSectionType.RuntimeFunctions, functions],
    [ReadyToRunSectionType.InstanceEntryPoints, instances],
    [ReadyToRunSectionType.ManifestMetadata, references],
    [ReadyToRunSectionType.ComponentAssemblies, components],
  ] as const;
  const header = text.add(
    part(16 + list.length * 12, (plan, writer) => {
      const sections = list.map(([type, each]) => ({ type, rva: plan.rvaOf(each), size: sizeOf(each) }));
      writer.bytes(writeReadyToRunHeader({ majorVersion: 9, minorVersion: 2, flags: 0, sections }));
    }),
  );
  const symbols = [{ name: 'RTR_HEADER', ordinal: 1, target: { part: header } }];
  pe.setDirectory('export', text.add(exportDirectoryPart({ moduleName: 'r2r.r2r.dll', symbols })));
  return PEImage.parse(pe.build());
}

/** Functions 0 and 1 are of the first method, 2 of the second, 3 of an instance of the third. */
function build({ owner }: R2rInput = {}): PEImage {
  const pe = new PEBuilder({ machine: 0x8664, coff: { characteristics: 0x2022 } });
  const text = pe.addSection('.text');
  const code = text.add(bytesPart(new Uint8Array(0x40).fill(0xc3), 16));
  const functions = text.add(
    part(4 * 12, (plan, writer) => {
      for (const offset of [0, 8, 16, 24])
        writer
          .u32(plan.rvaOf(code) + offset)
          .u32(plan.rvaOf(code) + offset + 8)
          .u32(0);
    }),
  );
  // Two elements of one block: steps of 8, 4 and 2 have a lower half only, that of 1 both.
  // The second has fixups: cells 1 and 3 of import section 0.
  const methods = text.add(Uint8Array.from([16, 1, 2, 2, 2, 22, 0, ((2 << 2) | 1) << 1, 0x10, 0x02, 0x00]));
  // One bucket of one entry: flags, MethodDef 3, one argument, and the function with a fixup: cell 0.
  const instances = text.add(Uint8Array.from([0, 2, 4, 0, 1 << 1, 0x04, 3, 1, 0x08, ((3 << 2) | 1) << 1, 0x00, 0x00]));
  const cells = text.add(bytesPart(new Uint8Array(SIGNATURES.length * 8), 8));
  const blobs = text.add(Uint8Array.from(SIGNATURES.flat()));
  const signatures = text.add(
    part(SIGNATURES.length * 4, (plan, writer) => {
      let at = plan.rvaOf(blobs);
      for (const bytes of SIGNATURES) {
        writer.u32(at);
        at += bytes.length;
      }
    }),
  );
  const imports = text.add(
    part(20, (plan, writer) => {
      writer
        .u32(plan.rvaOf(cells))
        .u32(SIGNATURES.length * 8)
        .u16(0)
        .u8(0)
        .u8(8)
        .u32(plan.rvaOf(signatures))
        .u32(0);
    }),
  );
  const ownerName = text.add(new ByteWriter().cstring(owner ?? '').toBytes());
  const list = [
    [ReadyToRunSectionType.ImportSections, imports],
    [ReadyToRunSectionType.RuntimeFunctions, functions],
    [ReadyToRunSectionType.MethodDefEntryPoints, methods],
    [ReadyToRunSectionType.InstanceEntryPoints, instances],
    ...(owner === undefined ? [] : [[ReadyToRunSectionType.OwnerCompositeExecutable, ownerName] as const]),
  ] as const;
  const header = text.add(
    part(16 + list.length * 12, (plan, writer) => {
      const sections = list.map(([type, each]) => ({ type, rva: plan.rvaOf(each), size: sizeOf(each) }));
      writer.bytes(writeReadyToRunHeader({ majorVersion: 9, minorVersion: 2, flags: 0, sections }));
    }),
  );
  const metadata = text.add(bytesPart(metadataBytes(), 4));
  const cli = text.add(
    cliHeaderPart((plan) => ({
      flags: 4,
      metaData: { rva: plan.rvaOf(metadata), size: sizeOf(metadata) },
      managedNativeHeader: { rva: plan.rvaOf(header), size: sizeOf(header) },
    })),
  );
  pe.setDirectory('cliHeader', cli);
  return PEImage.parse(pe.build());
}

const sizeOf = ({ size }: ImagePart): number => Number(size);

function part(size: number, fill: (plan: Parameters<ImagePart['write']>[0], writer: ByteWriter) => unknown): ImagePart {
  return {
    size,
    alignment: 4,
    write(plan) {
      const writer = new ByteWriter();
      fill(plan, writer);
      return writer.toBytes();
    },
  };
}

describe('a ReadyToRun image', () => {
  const image = build();
  const code = CompiledCode.of(image, Metadata.of(image)!)!;

  it('has methods with their functions, and instances', () => {
    const first = code.functions[0]!.start;
    expect(image.diagnostics.entries).toEqual([]);
    expect(
      code.methods.map(({ name, token, isInstance, functions }) => [name, token, isInstance, functions.map(({ start }) => start - first)]),
    ).toEqual([
      ['N.C::First', 0x06000001, false, [0, 8]],
      ['N.C::Second', 0x06000002, false, [16]],
      ['N.C::Generic<int32>', 0x06000003, true, [24]],
    ]);
  });

  it('names what its cells stand for, and methods where they begin', () => {
    const header = readReadyToRunHeader(image);
    expect(header?.kind).toBe('readyToRun');
    const start = code.functions[0]!.start;
    expect([0, 16, 24].map((offset) => code.describe(start + offset))).toEqual(['N.C::First', 'N.C::Second', 'N.C::Generic<int32>']);
    const section =
      header?.kind === 'readyToRun' ? header.sections.find(({ type }) => type === ReadyToRunSectionType.ImportSections) : undefined;
    const cells = image.u32At(section!.rva);
    expect(SIGNATURES.map((_, index) => code.describe(cells + index * 8))).toEqual([
      'helper WriteBarrier',
      'N.C::Second',
      '[Other]0x06000005',
      'string "text"',
      'N.C::Generic<int32>',
      'new N.C<__Canon>',
      'fixup 0x7e',
      'instruction sets Avx2+ Avx-',
      'offset 16 of N.C::F',
      'offset 12 behind a base of 4 of N.C::F',
      'N.C::First on int32 is N.C::Second',
      'N.C::First on int32 is not overridden',
      'IL of N.C::Second',
    ]);
    expect(code.describe(cells + 4)).toBeUndefined();
  });

  it('says which cells must be filled before a method runs', () => {
    const fixups = code.methods.map((method) => code.fixupsOf(method).map(({ kind, text }) => `${kind}: ${text}`));
    expect(fixups).toEqual([[], ['MethodEntry_DefToken: N.C::Second', 'StringHandle: string "text"'], ['Helper: helper WriteBarrier']]);
  });

  it('has its import sections with their cells', () => {
    const [section, ...rest] = [...code.imports()];
    expect(rest).toEqual([]);
    const cells = [...section!.cells];
    expect(cells.map(({ rva }) => rva - section!.rva)).toEqual(SIGNATURES.map((_, index) => index * 8));
    expect(cells[6]).toEqual({ rva: section!.rva + 48, text: 'fixup 0x7e' });
  });

  it('of several assemblies has the code of each by its name', () => {
    const composite = buildComposite();
    const code = CompiledCode.ofComponent(composite, Metadata.parse(metadataBytes()))!;
    expect(composite.diagnostics.entries).toEqual([]);
    expect(code.methods.map(({ name, token, functions }) => [name, token, functions.length])).toEqual([
      ['N.C::First', 0x06000001, 1],
      ['N.C::Generic<int32>', 0x06000003, 1],
    ]);
    const other = new MetadataBuilder();
    other.add('Module', { Name: 'other.dll' });
    other.add('Assembly', { Name: 'other' });
    expect(CompiledCode.ofComponent(composite, Metadata.parse(other.build()))).toBeUndefined();
  });

  it('that is a component leaves its code to its owner', () => {
    const component = build({ owner: 'framework-r2r.dll' });
    const header = readReadyToRunHeader(component);
    expect(header?.kind === 'readyToRun' && ownerOf(component, header)).toBe('framework-r2r.dll');
    expect(CompiledCode.of(component, Metadata.of(component)!)).toBeUndefined();
  });
});

const corpus = join(import.meta.dirname, '../../../../shared/corpus');
const files = [
  'System.Net.Sockets-10.0.12-linux.dll',
  'System.Runtime.InteropServices-10.0.12-linux.dll',
  'System.Private.CoreLib-6.0.13.dll',
];

describe.skipIf(!existsSync(corpus))('ReadyToRun images of the corpus (skipped without ../shared)', () => {
  it.each(files)('%s: every function belongs to one method', (file) => {
    const image = PEImage.parse(readFileSync(join(corpus, file)));
    const code = CompiledCode.of(image, Metadata.of(image)!)!;
    const owned = code.methods.flatMap(({ functions }) => functions.map(({ start }) => start));
    expect(code.functions.length).toBeGreaterThan(0);
    expect(new Set(owned).size).toBe(owned.length);
    expect(owned.length).toBe(code.functions.length);
    expect(code.methods.every(({ name }) => name !== '')).toBe(true);
    const cells = [
      ...code.methods.flatMap((method) => code.fixupsOf(method)),
      ...[...code.imports()].flatMap((section) => [...section.cells]),
    ];
    expect(cells.length).toBeGreaterThan(code.methods.length);
    expect(cells.filter(({ kind }) => kind === undefined)).toEqual([]);
    expect(image.diagnostics.entries).toEqual([]);
  });
});
