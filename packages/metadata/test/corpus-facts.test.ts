// Tables and heaps of the corpus against recorded facts (skipped without ../shared).
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Metadata, makeToken, type Table, TableId, tableNames } from '@ijw/metadata';
import { decodeMethodSignature, type MethodSignature, signatureKindOf, type TypeNode, typeNodes } from '@ijw/metadata/signatures';
import { PEImage } from '@ijw/pe';
import { describe, expect, test } from 'vitest';
import { callConvModifiers, conventionOf, count, type Tally, takeCensus } from './signature-census.ts';

const corpus = fileURLToPath(new URL('../../../../shared/corpus/', import.meta.url));
const available = existsSync(`${corpus}manifest.json`);

interface FileFacts {
  readonly file: string;
  readonly metadata: Record<string, unknown> | null;
  readonly assembly: string | null;
  readonly assemblyRefs: readonly string[];
  readonly methods: Tally;
  readonly signatures: Record<string, Tally>;
  readonly implMap: Record<string, unknown>;
  readonly 'unmanagedExportFlag(0x8)': number;
  readonly moduleCctor: readonly string[];
  readonly fieldRva: Record<string, unknown>;
}

const files: readonly FileFacts[] = available ? JSON.parse(readFileSync(`${corpus}manifest.json`, 'utf8')).files : [];
const managed = files.filter(({ metadata }) => metadata);

const PINVOKE_IMPL = 0x2000;
const ABSTRACT = 0x400;
const UNMANAGED_EXPORT = 0x8;
const CODE_TYPE_MASK = 3;
const RUNTIME = 3;
const INTERNAL_CALL = 0x1000;

interface Method {
  readonly rid: number;
  readonly rva: number;
  readonly flags: number;
  readonly implFlags: number;
  readonly name: string;
  readonly signature: MethodSignature<TypeNode>;
}

function* methodsOf({ tables, strings, blobs }: Metadata): Generator<Method> {
  const { MethodDef } = tables;
  for (let rid = 1; rid <= MethodDef.rowCount; rid++) {
    const row = MethodDef.row(rid);
    const signature = decodeMethodSignature(blobs.reader(row.Signature, 'a method'), typeNodes);
    yield { rid, rva: row.RVA, flags: row.Flags, implFlags: row.ImplFlags, name: strings.get(row.Name), signature };
  }
}

function bodyKind({ rva, flags, implFlags }: Method): string {
  if (flags & PINVOKE_IMPL) return rva === 0 ? 'named PInvoke' : 'RVA-PInvoke';
  if (rva !== 0) return 'IL';
  if (implFlags & INTERNAL_CALL) return 'InternalCall';
  if ((implFlags & CODE_TYPE_MASK) === RUNTIME) return 'Runtime';
  return flags & ABSTRACT ? 'abstract' : 'other';
}

function methodFacts(metadata: Metadata) {
  const kinds: Tally = {};
  const conventions: Tally = {};
  let total = 0;
  for (const method of methodsOf(metadata)) {
    total++;
    const kind = bodyKind(method);
    count(kinds, kind);
    const modifiers = callConvModifiers(metadata, method.signature).map((name) => ` modopt ${name}`);
    const code = kind === 'IL' ? 'IL' : kind === 'RVA-PInvoke' ? 'native' : 'other';
    count(conventions, `${code} ${conventionOf(method.signature)}${modifiers.join('')}`);
  }
  return { methods: { total, ...kinds }, conventions };
}

function standAloneFacts(metadata: Metadata) {
  const kinds: Tally = {};
  const calls: Tally = {};
  const { StandAloneSig } = metadata.tables;
  for (let rid = 1; rid <= StandAloneSig.rowCount; rid++) {
    const blob = metadata.blobs.get(StandAloneSig.get(rid, 'Signature'));
    const kind = signatureKindOf(blob[0]!);
    if (kind !== 'method') {
      count(kinds, kind === 'locals' ? 'local' : kind);
      continue;
    }
    const signature = decodeMethodSignature(blob, typeNodes);
    count(kinds, conventionOf(signature));
    count(calls, [conventionOf(signature), ...callConvModifiers(metadata, signature)].join('+'));
  }
  return { kinds, calls };
}

const callConvs = ['?', 'winapi', 'cdecl', 'stdcall', 'thiscall', 'fastcall'];
const charSets = ['none', 'ansi', 'unicode', 'auto'];

function implMapFacts({ tables, strings }: Metadata) {
  const flags: Tally = {};
  const modules: Tally = {};
  const { ImplMap, ModuleRef } = tables;
  for (let rid = 1; rid <= ImplMap.rowCount; rid++) {
    const mapping = ImplMap.get(rid, 'MappingFlags');
    count(flags, callConvs[(mapping >> 8) & 7]!);
    count(flags, `charset ${charSets[(mapping >> 1) & 3]}`);
    if (mapping & 0x40) count(flags, 'SetLastError');
    if (mapping & 0x01) count(flags, 'NoMangle');
    if (mapping & 0x30) count(flags, `BestFit 0x${(mapping & 0x30).toString(16)}`);
    count(modules, strings.get(ModuleRef.get(ImplMap.get(rid, 'ImportScope'), 'Name')));
  }
  return { rows: ImplMap.rowCount, flags, modules };
}

function fieldRvaFacts(image: PEImage, { tables: { FieldRVA } }: Metadata) {
  const sections: Tally = {};
  for (let rid = 1; rid <= FieldRVA.rowCount; rid++) {
    const rva = FieldRVA.get(rid, 'RVA');
    count(sections, `${image.sectionAt(rva)?.name}${image.rvaToOffset(rva) === undefined ? '(bss)' : ''}`);
  }
  return { rows: FieldRVA.rowCount, sections };
}

const version = ({ Major, Minor, Build, Revision }: { Major: number; Minor: number; Build: number; Revision: number }) =>
  [Major, Minor, Build, Revision].join('.');

/** The manifest writes some tables by their number. */
const rowKey = (facts: Record<string, unknown>, table: Table): string => {
  const id = `0x${table.id.toString(16)}`;
  return id in (facts.rows as Tally) ? id : table.name;
};

function rootFacts({ root, tables, tablesHeader }: Metadata, facts: Record<string, unknown>) {
  const present = tableNames.filter((name) => tables[name].rowCount > 0);
  return {
    version: root.version,
    streams: root.streams.map(({ name, offset, size }) => [name, offset, size]),
    schema: `${tablesHeader.majorVersion}.${tablesHeader.minorVersion}`,
    rows: Object.fromEntries(present.map((name) => [rowKey(facts, tables[name]), tables[name].rowCount])),
  };
}

const tokenText = (token: number) => `0x${token.toString(16)}`;

describe.skipIf(!available)('the facts of the corpus (skipped without ../shared)', () => {
  test('all files are there, 34 of them with metadata', () => {
    expect([files.length, managed.length]).toEqual([40, 34]);
  });

  test.each(files.filter(({ metadata }) => !metadata))('$file has no metadata', ({ file }) => {
    expect(Metadata.of(PEImage.parse(readFileSync(corpus + file)))).toBeUndefined();
  });

  describe.each(managed)('$file', (facts) => {
    const image = PEImage.parse(readFileSync(corpus + facts.file));
    const metadata = Metadata.of(image)!;
    const { tables, strings } = metadata;

    test('root, streams, row counts', () => expect(rootFacts(metadata, facts.metadata!)).toEqual(facts.metadata));

    test('assembly and references', () => {
      const { Assembly, AssemblyRef } = tables;
      const assembly = Assembly.rowCount === 0 ? null : `${strings.get(Assembly.get(1, 'Name'))}, Version=${version(Assembly.row(1))}`;
      expect(assembly).toEqual(facts.assembly);
      const references = Array.from({ length: AssemblyRef.rowCount }, (_, index) => AssemblyRef.row(index + 1));
      expect(references.map((row) => `${strings.get(row.Name)} ${version(row)}`)).toEqual(facts.assemblyRefs);
    });

    test('methods and their conventions', () => {
      const { methods, conventions } = methodFacts(metadata);
      expect(methods).toEqual(facts.methods);
      expect(conventions).toEqual(facts.signatures.methodConv);
      const exported = [...methodsOf(metadata)].filter(({ flags }) => flags & UNMANAGED_EXPORT);
      expect(exported).toHaveLength(facts['unmanagedExportFlag(0x8)']);
      const initializers = [...metadata.methodsOf(1)].filter((rid) => strings.get(tables.MethodDef.get(rid, 'Name')) === '.cctor');
      expect(initializers.map((rid) => tokenText(makeToken(TableId.MethodDef, rid)))).toEqual(facts.moduleCctor);
    });

    test('signatures', () => {
      const { kinds, calls } = standAloneFacts(metadata);
      expect(kinds).toEqual(facts.signatures.standAloneSigKinds);
      expect(calls).toEqual(facts.signatures.calliStandalone);
      const { functionPointers, modifiers } = takeCensus(metadata);
      expect(functionPointers).toEqual(facts.signatures.fnptr);
      expect(modifiers).toEqual(facts.signatures.mods);
    });

    test('P/Invoke and data at an RVA', () => {
      expect(implMapFacts(metadata)).toEqual(facts.implMap);
      expect(fieldRvaFacts(image, metadata)).toEqual(facts.fieldRva);
    });
  });
});
