// ECMA-335 II.25.3.3; dotnet/runtime `src/coreclr/vm/ceeload.cpp` (Module::FixupVTables).

import { hex } from '@ijw/binary';
import { type Metadata, makeToken, TableId } from '@ijw/metadata';
import { CorFlags, readCliHeader, SectionCharacteristics, type SectionHeader } from '@ijw/pe';
import { readImportDirectory } from '@ijw/pe/imports';
import { exportText, isMethodToken } from '@ijw/vtfixup';
import type { TableCheck } from '../context/check.ts';
import type { LintContext } from '../context/lint-context.ts';

const sectionText = (section: SectionHeader | undefined): string => (section === undefined ? 'no section' : `section ${section.name}`);

/** NI070, NI071: native code of methods. */
export const nativeMethods: TableCheck = {
  rules: ['NI070', 'NI071'],
  run(context) {
    const { image } = context.module;
    if (image === undefined) return;
    const flags = readCliHeader(image)?.flags ?? 0;
    for (const { token, kind, rva } of context.module.platformInvokes) {
      if (kind !== 'rva') continue;
      const section = image.sectionAt(rva);
      const isExecutable = section !== undefined && (section.characteristics & SectionCharacteristics.MEM_EXECUTE) !== 0;
      if (flags & CorFlags.ILONLY) context.report('NI070', { token, rva, values: { rva: hex(rva) } });
      if (!isExecutable) context.report('NI071', { token, rva, values: { rva: hex(rva), section: sectionText(section) } });
    }
  },
};

/** .NET Framework has a System.Runtime of its own, up to this version; .NET Core 2.0's is 4.2. */
const FRAMEWORK_FACADE = { major: 4, minor: 1 };

/** The reference to a core library that only .NET has. */
function dotnetReference({ tables: { AssemblyRef }, strings }: Metadata): string | undefined {
  for (let rid = 1; rid <= AssemblyRef.rowCount; rid++) {
    const name = strings.get(AssemblyRef.get(rid, 'Name'));
    const [major, minor] = [AssemblyRef.get(rid, 'Major'), AssemblyRef.get(rid, 'Minor')];
    const isNewer = major > FRAMEWORK_FACADE.major || (major === FRAMEWORK_FACADE.major && minor > FRAMEWORK_FACADE.minor);
    if (name === 'System.Private.CoreLib' || (name === 'System.Runtime' && isNewer)) return `${name} ${major}.${minor}`;
  }
  return undefined;
}

/** NI077: the host that the import table asks for, and the libraries that the metadata asks for. An IL-only image is not entered by native code: compilers write the import without meaning it. */
export const hosts: TableCheck = {
  rules: ['NI077'],
  run(context) {
    const { image } = context.module;
    const cli = image && readCliHeader(image);
    if (image === undefined || cli === undefined) return;
    if (cli.flags & CorFlags.ILONLY && cli.vTableFixups.size === 0) return;
    const modules = readImportDirectory(image)?.modules.map(({ name }) => name.toLowerCase()) ?? [];
    const reference = dotnetReference(context.metadata);
    if (reference === undefined || !modules.includes('mscoree.dll') || modules.includes('ijwhost.dll')) return;
    context.report('NI077', { token: makeToken(TableId.Assembly, 1), values: { reference } });
  },
};

function checkSlots({ boundary, metadata, report }: SlotContext): void {
  for (const { slot, content } of boundary.nativeToManaged) {
    if (content.kind === 'patched' || isMethodToken(metadata, content.token)) continue;
    report('NI072', { rva: slot.rva, values: { rva: hex(slot.rva), value: hex(content.token, 8) } });
  }
}

function checkRecords({ boundary, report }: SlotContext): void {
  const { image } = boundary;
  for (const { fixup, entries } of boundary.fixupEntries) {
    const width = fixup.type & 1 ? 4 : 8;
    const rva = hex(fixup.rva);
    if (width !== image.pointerSize) report('NI073', { rva: fixup.rva, values: { rva, width, pointer: image.pointerSize } });
    const section = image.sectionAt(fixup.rva);
    const isWritable = section !== undefined && (section.characteristics & SectionCharacteristics.MEM_WRITE) !== 0;
    if (!isWritable && entries.length > 0) report('NI074', { rva: fixup.rva, values: { rva, section: sectionText(section) } });
  }
}

function checkExports({ boundary, report }: SlotContext): void {
  if (boundary.fixups.length === 0) return;
  for (const exported of boundary.exports) {
    const { stub } = exported;
    if (stub?.target.kind !== 'pointer') continue;
    report('NI076', { rva: stub.rva, values: { export: exportText(exported), rva: hex(stub.target.pointerRva) } });
  }
}

interface SlotContext {
  readonly boundary: NonNullable<LintContext['boundary']>;
  readonly metadata: LintContext['metadata'];
  report(id: string, input: { readonly rva: number; readonly values: Readonly<Record<string, string | number>> }): void;
}

/** NI072, NI073, NI074, NI076: the VTableFixups and what leads to them. Findings without a token are about the image. */
export const vtableFixups: TableCheck = {
  rules: ['NI072', 'NI073', 'NI074', 'NI076'],
  run(context) {
    const { boundary, metadata } = context;
    if (boundary === undefined) return;
    const slots: SlotContext = {
      boundary,
      metadata,
      report: (id, input) => context.report(id, { ...input, target: context.assemblyName }),
    };
    for (const check of [checkSlots, checkRecords, checkExports]) context.module.diagnostics.attempt(() => check(slots));
  },
};
