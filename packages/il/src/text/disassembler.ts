import { type Diagnostics, hex } from '@ijw/binary';
import { isNilToken, type Metadata, makeToken, TableId } from '@ijw/metadata';
import { FieldDataReader } from '@ijw/metadata/layout';
import { TypeIndex } from '@ijw/metadata/resolution';
import { CorFlags, type PEImage, readCliHeader } from '@ijw/pe';
import { MethodBodySource } from '../body/method-body-source.ts';
import type { ByteSink } from '../listing/ascii-writer.ts';
import { MODULE_ROW, readClassNesting } from './class-nesting.ts';
import { writeClass, writeHead } from './class-text.ts';
import { writeCustomAttributes } from './custom-attribute-text.ts';
import { DataLabels } from './data-text.ts';
import { attempt, type Disassembly, type DisassemblyOptions, damage, limitation, lossDiagnostic } from './disassembly.ts';
import { writeField } from './field-text.ts';
import { InstructionText } from './instruction-text.ts';
import { Identifiers } from './lexical/identifier.ts';
import { LineDirectives } from './line-directive-text.ts';
import {
  type ResourceFile,
  writeAssembly,
  writeAssemblyReferences,
  writeExportedTypes,
  writeFiles,
  writeModuleReferences,
  writeResources,
} from './manifest-text.ts';
import { memberColumns } from './member-columns.ts';
import { writeMethod } from './method-text.ts';
import { readNamedRows } from './named-rows.ts';
import { writeAttributesOfNothing, writeOrphanAttributes } from './orphan-attribute-text.ts';
import { definesType } from './pseudo-attribute-text.ts';
import { ReferenceText } from './reference-text.ts';
import { TextSink } from './text-sink.ts';
import { writeUnusedTypes } from './unused-type-text.ts';
import { isVisibleMember } from './visibility.ts';
import { writeVTableFixups } from './vtable-fixup-text.ts';

/** The members to write: types, methods or fields, by their rows. */
export interface MemberFilter {
  readonly kind: 'type' | 'methods' | 'fields';
  readonly rids: readonly number[];
}

export interface DisassemblyResult {
  readonly lines: number;
  /** Files that the assembler reads beside the text: the embedded resources. */
  readonly resources: readonly ResourceFile[];
}

/** Writes the IL text of an image, or of one member, to a sink. What cannot be read is a diagnostic and an `//@error` line; the rest is written. */
export function disassemble(
  image: PEImage,
  metadata: Metadata,
  sink: ByteSink,
  diagnostics: Diagnostics,
  options: DisassemblyOptions = {},
  filter?: MemberFilter,
): DisassemblyResult {
  metadata.budget.renew();
  const columns = memberColumns(metadata);
  const losses = options.strict ? (message: string) => diagnostics.report(lossDiagnostic(message)) : undefined;
  const identifiers = new Identifiers({ quoteAll: options.quoteAllNames ?? false });
  const references = new ReferenceText(metadata, columns, { identifiers, diagnostics, losses });
  const header = readCliHeader(image);
  const text = new TextSink(sink);
  const disassembly: Disassembly = {
    image,
    metadata,
    columns,
    references,
    namedBy: readNamedRows(metadata),
    nesting: readClassNesting(metadata),
    writtenAttributes: new Uint8Array(metadata.tables.CustomAttribute.rowCount + 1),
    types: new TypeIndex(metadata),
    instructions: new InstructionText(references, options),
    bodies: new MethodBodySource(image),
    data: new FieldDataReader(image, metadata),
    entryPoint: header === undefined || header.flags & CorFlags.NATIVE_ENTRYPOINT ? 0 : header.entryPointTokenOrRva,
    lineDirectives: options.lineNumbers && new LineDirectives(options.lineNumbers, references.identifiers),
    sink: text,
    options,
    diagnostics,
  };
  const resources = filter === undefined ? writeModule(disassembly) : writeFiltered(disassembly, filter);
  text.flush();
  return { lines: text.lines, resources };
}

function writeModule(disassembly: Disassembly): readonly ResourceFile[] {
  const { image, sink, types } = disassembly;
  // The library that defines System.Object refers to no other for it.
  if (definesType({ types }, 'System', 'Object')) sink.line('.mscorlib');
  writeModuleReferences(disassembly);
  writeAssemblyReferences(disassembly);
  writeAssembly(disassembly);
  writeFiles(disassembly);
  writeExportedTypes(disassembly);
  const resources = writeResources(disassembly);
  writeModuleHead(disassembly);
  writeImageHeaders(image, sink);
  if (disassembly.options.forward) writeForwardDeclarations(disassembly);
  writeVTableFixups(disassembly);
  const labels = new DataLabels(disassembly);
  writeGlobals(disassembly, labels);
  writeClasses(disassembly, labels);
  labels.write(disassembly);
  writeOrphanAttributes(disassembly);
  writeUnownedMembers(disassembly, labels);
  writeAttributesOfNothing(disassembly);
  if (disassembly.options.strict) writeUnusedTypes(disassembly, disassembly.nesting.top[0]);
  return resources;
}

function writeModuleHead(disassembly: Disassembly): void {
  const { metadata, references, sink } = disassembly;
  const { Module } = metadata.tables;
  if (Module.rowCount === 0) return;
  sink.line(`.module ${references.names.dotted(Module.get(1, 'Name'))}`);
  attempt(disassembly, makeToken(TableId.Module, 1), () => sink.line(`// MVID: {${metadata.guids.get(Module.get(1, 'Mvid')) ?? ''}}`));
  writeCustomAttributes(disassembly, makeToken(TableId.Module, 1));
}

function writeImageHeaders(image: PEImage, sink: TextSink): void {
  const { imageBase, fileAlignment, sizeOfStackReserve, subsystem } = image.optionalHeader;
  sink.line(`.imagebase ${hex(imageBase, 8)}`);
  sink.line(`.file alignment ${hex(fileAlignment, 8)}`);
  sink.line(`.stackreserve ${hex(sizeOfStackReserve, 8)}`);
  sink.line(`.subsystem ${hex(subsystem, 4)}`);
  const header = readCliHeader(image);
  if (header !== undefined) sink.line(`.corflags ${hex(header.flags, 8)}`);
}

function writeForwardDeclarations(disassembly: Disassembly): void {
  const { nesting, sink } = disassembly;
  for (const rid of nesting.top) {
    attempt(disassembly, makeToken(TableId.TypeDef, rid), () => {
      writeHead(disassembly, rid);
      sink.open().close();
    });
  }
}

/** ilasm takes `'<Module>'` for no type at all. */
const MODULE_TYPE = 'mdtoken(0x02000001)';

/** Fields and methods outside all types. */
function writeGlobals(disassembly: Disassembly, labels: DataLabels): void {
  const { metadata } = disassembly;
  if (metadata.tables.TypeDef.rowCount === 0) return;
  writeCustomAttributes(disassembly, makeToken(TableId.TypeDef, 1), { owner: () => disassembly.sink.text(MODULE_TYPE) });
  for (const rid of metadata.fieldsOf(MODULE_ROW)) {
    if (isVisibleMember(disassembly, TableId.Field, rid))
      attempt(disassembly, makeToken(TableId.Field, rid), () => writeField(disassembly, rid, labels));
  }
  for (const rid of metadata.methodsOf(MODULE_ROW)) {
    if (isVisibleMember(disassembly, TableId.MethodDef, rid))
      attempt(disassembly, makeToken(TableId.MethodDef, rid), () => writeMethod(disassembly, rid));
  }
}

function writeClasses(disassembly: Disassembly, labels: DataLabels): void {
  const { top, lost } = disassembly.nesting;
  const write = (rid: number): void => attempt(disassembly, makeToken(TableId.TypeDef, rid), () => writeClass(disassembly, rid, labels));
  for (const rid of top) write(rid);
  writeModuleClasses(disassembly, write);
  for (const rid of lost) {
    const message = `The class ${hex(makeToken(TableId.TypeDef, rid), 8)} is nested in a type that is not there, or in itself`;
    damage(disassembly, makeToken(TableId.TypeDef, rid), 'BAD_NESTING', message);
    write(rid);
  }
}

/** Types within `<Module>`. The CLR takes them; ilasm makes no NestedClass row for them, so that strict text has them outside of all types. */
function writeModuleClasses(disassembly: Disassembly, write: (rid: number) => void): void {
  const { nesting, options, sink } = disassembly;
  if (nesting.inModule.length === 0) return;
  if (!options.strict) sink.line(".class '<Module>'").open();
  for (const rid of nesting.inModule) {
    const token = makeToken(TableId.TypeDef, rid);
    if (options.strict) limitation(disassembly, token, `The class ${hex(token, 8)} is nested in <Module>: ilasm cannot keep the nesting`);
    write(rid);
  }
  if (!options.strict) sink.close();
}

function writeModuleType(disassembly: Disassembly, labels: DataLabels): void {
  writeGlobals(disassembly, labels);
  writeModuleClasses(disassembly, (rid) =>
    attempt(disassembly, makeToken(TableId.TypeDef, rid), () => writeClass(disassembly, rid, labels)),
  );
}

function writeFiltered(disassembly: Disassembly, { kind, rids }: MemberFilter): readonly ResourceFile[] {
  const labels = new DataLabels(disassembly);
  for (const rid of rids) {
    if (kind === 'type' && rid === MODULE_ROW) writeModuleType(disassembly, labels);
    else if (kind === 'type') attempt(disassembly, makeToken(TableId.TypeDef, rid), () => writeClass(disassembly, rid, labels));
    else if (kind === 'methods') attempt(disassembly, makeToken(TableId.MethodDef, rid), () => writeMethod(disassembly, rid));
    else attempt(disassembly, makeToken(TableId.Field, rid), () => writeField(disassembly, rid, labels));
  }
  return [];
}

/** Fields and methods before the run of the first type and after that of the last one (ECMA-335 II.22.37): no type has them. */
function writeUnownedMembers(disassembly: Disassembly, labels: DataLabels): void {
  const { metadata } = disassembly;
  const { Field, MethodDef } = metadata.tables;
  for (let rid = 1; rid <= Field.rowCount; rid++) {
    const token = makeToken(TableId.Field, rid);
    if (!isNilToken(metadata.declaringType(token)) || !isVisibleMember(disassembly, TableId.Field, rid)) continue;
    damage(disassembly, token, 'NO_OWNER', `The field ${hex(token, 8)} does not belong to a type`);
    attempt(disassembly, token, () => writeField(disassembly, rid, labels));
  }
  for (let rid = 1; rid <= MethodDef.rowCount; rid++) {
    const token = makeToken(TableId.MethodDef, rid);
    if (!isNilToken(metadata.declaringType(token)) || !isVisibleMember(disassembly, TableId.MethodDef, rid)) continue;
    damage(disassembly, token, 'NO_OWNER', `The method ${hex(token, 8)} does not belong to a type`);
    attempt(disassembly, token, () => writeMethod(disassembly, rid));
  }
}
