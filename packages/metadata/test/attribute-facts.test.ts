// Attribute values of the corpus against recorded facts (skipped without ../shared).
import { existsSync, readFileSync } from 'node:fs';
import {
  CustomAttribute,
  FieldAttributes,
  Metadata,
  MethodAttributes,
  MethodImplAttributes,
  makeToken,
  TableId,
  TypeAttributes,
  tokenTable,
} from '@ijw/metadata';
import { type CustomAttributeValue, targetFramework } from '@ijw/metadata/attributes';
import { FieldDataReader } from '@ijw/metadata/layout';
import { NativeType, nativeTypeName, readMarshallingDescriptor } from '@ijw/metadata/marshalling';
import { PEImage } from '@ijw/pe';
import { describe, expect, it } from 'vitest';

/** What the manifest says of one file, as far as these tests read it. */
interface Facts {
  readonly file: string;
  readonly metadata?: object | null;
  readonly targetFramework: string | null;
  readonly customAttributes: Readonly<Record<string, number>>;
  readonly fieldRva: { readonly rows: number; readonly sections: Readonly<Record<string, number>> };
  readonly interop: Readonly<Record<string, number | object>>;
}

const corpus = new URL('../../../../shared/corpus/', import.meta.url);
const manifest = new URL('manifest.json', corpus);
const files: readonly Facts[] = existsSync(manifest)
  ? (JSON.parse(readFileSync(manifest, 'utf8')) as { files: Facts[] }).files.filter(({ metadata }) => metadata)
  : [];

/** The manifest lists no more than this many types of attributes of a file. */
const LISTED = 30;

/** Facts that count the attributes of one type. */
const countedAttributes: Readonly<Record<string, string>> = {
  unmanagedCallersOnly: 'System.Runtime.InteropServices.UnmanagedCallersOnlyAttribute',
  suppressGCTransition: 'System.Runtime.InteropServices.SuppressGCTransitionAttribute',
  libraryImport: 'System.Runtime.InteropServices.LibraryImportAttribute',
  disableRuntimeMarshalling: 'System.Runtime.CompilerServices.DisableRuntimeMarshallingAttribute',
  unmanagedCallConvAttr: 'System.Runtime.InteropServices.UnmanagedCallConvAttribute',
  unmanagedFunctionPointer: 'System.Runtime.InteropServices.UnmanagedFunctionPointerAttribute',
  generatedComInterface: 'System.Runtime.InteropServices.Marshalling.GeneratedComInterfaceAttribute',
  generatedComClass: 'System.Runtime.InteropServices.Marshalling.GeneratedComClassAttribute',
  customMarshaller: 'System.Runtime.InteropServices.Marshalling.CustomMarshallerAttribute',
  nativeMarshalling: 'System.Runtime.InteropServices.Marshalling.NativeMarshallingAttribute',
  guidAttr: 'System.Runtime.InteropServices.GuidAttribute',
  inlineArray: 'System.Runtime.CompilerServices.InlineArrayAttribute',
  unsafeAccessor: 'System.Runtime.CompilerServices.UnsafeAccessorAttribute',
  dynamicInterfaceCastableImplementation: 'System.Runtime.InteropServices.DynamicInterfaceCastableImplementationAttribute',
};

function* attributes(metadata: Metadata): Generator<CustomAttribute> {
  for (let rid = 1; rid <= metadata.tables.CustomAttribute.rowCount; rid++) yield new CustomAttribute(metadata, rid);
}

function tally(keys: Iterable<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
}

/** The manifest does not tell the generic types of attributes apart. */
const factName = ({ type, typeName }: CustomAttribute): string => (tokenTable(type) === TableId.TypeSpec ? 'TypeSpec' : typeName);

const rows = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** The calling conventions of one UnmanagedCallersOnly attribute, as the manifest has them. */
function conventions({ namedArguments }: CustomAttributeValue): string[] {
  const types = namedArguments.find(({ name }) => name === 'CallConvs')?.value;
  const names = Array.isArray(types) ? types.map((type) => String(type).replace(/,.*$/, '').replace(/^.*\./, '')) : ['default'];
  return namedArguments.some(({ name }) => name === 'EntryPoint') ? [...names, 'with EntryPoint'] : names;
}

function interopFacts(metadata: Metadata): Record<string, number | object> {
  const { TypeDef, MethodDef, FieldMarshal } = metadata.tables;
  const all = [...attributes(metadata)];
  const names = tally(all.map(({ typeName }) => typeName));
  const types = rows(TypeDef.rowCount).map((rid) => TypeDef.get(rid, 'Flags'));
  const methods = rows(MethodDef.rowCount).map((rid) => ({
    rid,
    flags: MethodDef.get(rid, 'Flags'),
    implementation: MethodDef.get(rid, 'ImplFlags'),
    rva: MethodDef.get(rid, 'RVA'),
  }));
  const descriptors = rows(FieldMarshal.rowCount).map((rid) =>
    readMarshallingDescriptor(metadata.blobs.reader(FieldMarshal.get(rid, 'NativeType'), 'a marshalling descriptor')),
  );
  const callers = all.filter(({ typeName }) => typeName === countedAttributes.unmanagedCallersOnly);
  const kinds = { 0: 'auto', 8: 'seq', 16: 'explicit' } as const;
  return {
    ...Object.fromEntries(Object.entries(countedAttributes).map(([key, name]) => [key, names[name] ?? 0])),
    unmanagedCallersOnlyConvs: tally(callers.flatMap(({ value }) => conventions(value))),
    comImportTypes: types.filter((flags) => flags & TypeAttributes.Import).length,
    windowsRuntimeTypes: types.filter((flags) => flags & TypeAttributes.WindowsRuntime).length,
    layout: tally(types.map((flags) => kinds[(flags & TypeAttributes.LayoutMask) as keyof typeof kinds])),
    fieldMarshal: tally(
      descriptors.map((one) => {
        const value =
          'nativeType' in one ? one.nativeType : one.kind === 'fixedSystemString' ? NativeType.fixedSysString : NativeType[one.kind];
        return (nativeTypeName(value) ?? String(value)).toUpperCase();
      }),
    ),
    internalCall: methods.filter(({ implementation }) => implementation & MethodImplAttributes.InternalCall).length,
    namedPInvoke: methods.filter(({ flags, rva }) => flags & MethodAttributes.PInvokeImpl && rva === 0).length,
    preserveSigOff: methods.filter(
      ({ flags, rva, implementation }) =>
        flags & MethodAttributes.PInvokeImpl && rva === 0 && !(implementation & MethodImplAttributes.PreserveSig),
    ).length,
  };
}

describe.skipIf(files.length === 0)('facts of the corpus (../shared/corpus is needed)', () => {
  describe.each(files)('$file', (facts) => {
    const image = PEImage.parse(readFileSync(new URL(facts.file, corpus)));
    const metadata = Metadata.of(image)!;

    it('attributes by type', () => {
      const counts = tally(Array.from(attributes(metadata), factName));
      const listed = Object.keys(facts.customAttributes).length;
      expect(counts).toMatchObject(facts.customAttributes);
      if (listed < LISTED) expect(Object.keys(counts)).toHaveLength(listed);
    });

    it('target framework', () => {
      expect(targetFramework(metadata)).toBe(facts.targetFramework ?? undefined);
    });

    it('interoperation', () => {
      const found = interopFacts(metadata);
      expect(found).toEqual(Object.fromEntries(Object.keys(found).map((key) => [key, facts.interop[key]])));
    });

    it('data of fields: rows, sections, and a size for each', () => {
      const reader = new FieldDataReader(image, metadata);
      const data = rows(metadata.tables.FieldRVA.rowCount).map((rid) => {
        const field = metadata.tables.FieldRVA.get(rid, 'Field');
        expect(metadata.tables.Field.get(field, 'Flags') & FieldAttributes.Static).not.toBe(0);
        return reader.read(makeToken(TableId.Field, field))!;
      });
      const sections = data.map(({ rva, section }) => `${section?.name}${image.rvaToOffset(rva) === undefined ? '(bss)' : ''}`);
      expect({ rows: data.length, sections: tally(sections) }).toEqual(facts.fieldRva);
      for (const { size, bytes } of data) expect(size).toBeGreaterThanOrEqual(Math.max(1, bytes.length));
    });
  });
});
