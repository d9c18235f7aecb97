import { hex } from '@ijw/binary';
import { AssemblyFlags, makeToken, TableId, TypeAttributes, tokenRid } from '@ijw/metadata';
import { embeddedResource, manifestResources } from '@ijw/metadata/resources';
import { writeCustomAttributes } from './custom-attribute-text.ts';
import { attempt, type Disassembly, limitation } from './disassembly.ts';
import { quotedName } from './lexical/string-literal.ts';
import { NumberedNames } from './numbered-names.ts';
import { writeSecurity } from './security-text.ts';
import type { TextSink } from './text-sink.ts';

/** ECMA-335 II.23.1.2: the flags of assemblies and references that have a word, apart from the processor architecture. */
const ASSEMBLY_WORDS: readonly (readonly [number, string])[] = [
  [AssemblyFlags.Retargetable, 'retargetable'],
  [AssemblyFlags.WindowsRuntime, 'windowsruntime'],
];
const ARCHITECTURES = ['', 'cil', 'x86', 'amd64', 'amd64', 'arm', 'arm64', 'noplatform'];

function assemblyWords(flags: number): string {
  const words = ASSEMBLY_WORDS.filter(([bit]) => flags & bit).map(([, word]) => word);
  const architecture = ARCHITECTURES[(flags >> 4) & 7];
  if (architecture) words.push(architecture);
  return words.length === 0 ? '' : `${words.join(' ')} `;
}

function writeBlob({ diagnostics, metadata, sink }: Disassembly, directive: string, blob: number): void {
  const bytes = diagnostics.attempt(() => metadata.blobs.get(blob));
  if (bytes === undefined) sink.line(`//@error the bytes of ${directive.trim()} cannot be read`);
  if (bytes === undefined || bytes.length === 0) return;
  sink.start().text(`${directive} = (`);
  for (let at = 0; at < bytes.length; at += 16) {
    if (at > 0) sink.end().start().text('              ');
    sink.hexBytes(bytes, at, Math.min(at + 16, bytes.length));
  }
  sink.text(')').end();
}

/** A public key, the architecture, and the bits that have a word. */
const ASSEMBLY_FLAGS =
  AssemblyFlags.PublicKey | AssemblyFlags.ProcessorArchitectureMask | ASSEMBLY_WORDS.reduce((mask, [bit]) => mask | bit, 0);

function noteOtherFlags(disassembly: Disassembly, token: number, flags: number): void {
  const rest = flags & ~ASSEMBLY_FLAGS;
  if (rest !== 0) limitation(disassembly, token, `The flags ${hex(rest >>> 0)} of the assembly have no word in IL`);
}

/** `.assembly extern`, with an alias where two references have one name. */
export function writeAssemblyReferences(disassembly: Disassembly): void {
  const { metadata, references, sink } = disassembly;
  const { AssemblyRef } = metadata.tables;
  for (let rid = 1; rid <= AssemblyRef.rowCount; rid++) {
    const token = makeToken(TableId.AssemblyRef, rid);
    attempt(disassembly, token, () => {
      const row = AssemblyRef.row(rid);
      const name = references.names.dotted(row.Name);
      const alias = references.assembly(rid);
      sink.line(`.assembly extern ${assemblyWords(row.Flags)}${name}${alias === name ? '' : ` as ${alias}`}`);
      sink.open();
      writeBlob(disassembly, row.Flags & 1 ? '.publickey' : '.publickeytoken', row.PublicKeyOrToken);
      writeBlob(disassembly, '.hash', row.HashValue);
      writeLocale(disassembly, row.Culture);
      sink.line(`.ver ${row.Major}:${row.Minor}:${row.Build}:${row.Revision}`);
      sink.close();
    });
  }
}

function writeLocale({ references, sink }: Disassembly, culture: number): void {
  const text = references.names.string(culture);
  if (text !== '') sink.line(`.locale ${quotedName(text)}`);
}

/** `.assembly`: the module's own manifest. */
export function writeAssembly(disassembly: Disassembly): void {
  const { metadata, references, sink } = disassembly;
  const { Assembly } = metadata.tables;
  if (Assembly.rowCount === 0) return;
  const token = makeToken(TableId.Assembly, 1);
  attempt(disassembly, token, () => {
    const row = Assembly.row(1);
    sink.line(`.assembly ${assemblyWords(row.Flags)}${references.names.dotted(row.Name)}`);
    sink.open();
    noteOtherFlags(disassembly, token, row.Flags);
    writeCustomAttributes(disassembly, token);
    writeSecurity(disassembly, token);
    writeBlob(disassembly, '.publickey', row.PublicKey);
    sink.line(`.hash algorithm ${hex(row.HashAlgId, 8)}`);
    writeLocale(disassembly, row.Culture);
    sink.line(`.ver ${row.Major}:${row.Minor}:${row.Build}:${row.Revision}`);
    sink.close();
  });
}

export function writeModuleReferences(disassembly: Disassembly): void {
  const { metadata, references, sink } = disassembly;
  const { ModuleRef } = metadata.tables;
  for (let rid = 1; rid <= ModuleRef.rowCount; rid++) {
    const name = references.names.string(ModuleRef.get(rid, 'Name'));
    if (name === '') continue;
    sink.line(`.module extern ${references.identifiers.dotted(name)}`);
  }
}

export function writeFiles(disassembly: Disassembly): void {
  const { metadata, references, sink } = disassembly;
  const { File } = metadata.tables;
  for (let rid = 1; rid <= File.rowCount; rid++) {
    const token = makeToken(TableId.File, rid);
    const name = references.names.dotted(File.get(rid, 'Name'));
    sink.line(`.file ${File.get(rid, 'Flags') & 1 ? 'nometadata ' : ''}${name}${disassembly.entryPoint === token ? ' .entrypoint' : ''}`);
    writeBlob(disassembly, '    .hash', File.get(rid, 'HashValue'));
    writeCustomAttributes(disassembly, token);
  }
}

/** The visibilities that `.class extern` takes; nested ones follow their enclosing type. */
const EXPORT_WORDS = [
  'private ',
  'public ',
  'nested public ',
  'nested private ',
  'nested family ',
  'nested assembly ',
  'nested famandassem ',
  'nested famorassem ',
];

export function writeExportedTypes(disassembly: Disassembly): void {
  const { metadata } = disassembly;
  const { ExportedType } = metadata.tables;
  for (let rid = 1; rid <= ExportedType.rowCount; rid++)
    attempt(disassembly, makeToken(TableId.ExportedType, rid), () => writeExportedType(disassembly, rid));
}

function writeExportedType(disassembly: Disassembly, rid: number): void {
  const { metadata, references, sink } = disassembly;
  const { ExportedType, File } = metadata.tables;
  const flags = ExportedType.get(rid, 'Flags');
  const visibility = flags & 7;
  // Some compilers give a forwarder the visibility of the type.
  const words = `${flags & TypeAttributes.IsTypeForwarder && visibility === 0 ? '' : EXPORT_WORDS[visibility]}${flags & TypeAttributes.IsTypeForwarder ? 'forwarder ' : ''}`;
  sink.start().text('.class extern ').text(words);
  references.writeQualified(sink, ExportedType.get(rid, 'TypeNamespace'), ExportedType.get(rid, 'TypeName'));
  sink.end().open();
  const implementation = ExportedType.column('Implementation').token(rid);
  const target = tokenRid(implementation);
  if (implementation >>> 24 === TableId.File) sink.line(`.file ${references.names.dotted(File.get(target, 'Name'))}`);
  else if (implementation >>> 24 === TableId.AssemblyRef) sink.line(`.assembly extern ${references.assembly(target)}`);
  else if (implementation >>> 24 === TableId.ExportedType) {
    writeExportedName(disassembly, target, sink.start().text('.class extern '));
    sink.end();
  }
  const hint = ExportedType.get(rid, 'TypeDefId');
  if (hint !== 0) sink.line(`.class ${hex(hint, 8)}`);
  writeCustomAttributes(disassembly, makeToken(TableId.ExportedType, rid));
  sink.close();
}

/** `Ns.Outer/Inner` of an exported type. */
function writeExportedName(disassembly: Disassembly, rid: number, sink: TextSink, depth = 0): void {
  const { metadata, references } = disassembly;
  const { ExportedType } = metadata.tables;
  const implementation = ExportedType.column('Implementation').token(rid);
  if (implementation >>> 24 === TableId.ExportedType && depth <= 100) {
    writeExportedName(disassembly, tokenRid(implementation), sink, depth + 1);
    sink.text('/');
  }
  references.writeQualified(sink, ExportedType.get(rid, 'TypeNamespace'), ExportedType.get(rid, 'TypeName'));
}

/** A resource whose content the assembler reads from a file beside the text. */
export interface ResourceFile {
  readonly fileName: string;
  readonly bytes: Uint8Array;
}

export function writeResources(disassembly: Disassembly): readonly ResourceFile[] {
  const { image, metadata, references, sink, diagnostics } = disassembly;
  const files: ResourceFile[] = [];
  // No two are one file where case does not count.
  const fileNames = new NumberedNames((name) => name.toLowerCase());
  for (const resource of diagnostics.attempt(() => [...manifestResources(metadata)]) ?? []) {
    const bytes = diagnostics.attempt(() => embeddedResource(image, resource), resource.token);
    const fileName = bytes === undefined ? undefined : fileNames.take(plainFileName(resource.name));
    const alias = fileName === undefined || fileName === resource.name ? '' : ` as ${references.identifiers.simple(fileName)}`;
    sink.line(`.mresource ${resource.flags & 1 ? 'public' : 'private'} ${references.identifiers.dotted(resource.name)}${alias}`);
    sink.open();
    const { location } = resource;
    if (location.kind === 'linked') sink.line(`.file ${references.identifiers.dotted(location.fileName)} at ${hex(location.offset, 8)}`);
    if (location.kind === 'assembly') sink.line(`.assembly extern ${references.assembly(tokenRid(location.assembly))}`);
    if (location.kind === 'embedded') sink.line(`// Offset: ${hex(location.offset)}  Length: ${bytes?.length ?? '?'}`);
    writeCustomAttributes(disassembly, resource.token);
    sink.close();
    if (bytes !== undefined && fileName !== undefined) files.push({ fileName, bytes });
  }
  return files;
}

/** A resource may have any name; its file stays in the folder of the text. */
const plainFileName = (name: string): string =>
  name
    .replaceAll(/[^\w.\-+ ()]/g, '_')
    .replace(/^\.+/, '_')
    .slice(0, 200) || '_';
