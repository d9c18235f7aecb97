import { hex, ifReadable } from '@ijw/binary';
import { type Metadata, makeToken, TableId } from '@ijw/metadata';
import { targetFramework } from '@ijw/metadata/attributes';
import { assemblyIdentity, formatVersion, referencedAssembly } from '@ijw/metadata/resolution';
import { identifyMachine, type PEImage, readCliHeader } from '@ijw/pe';
import { readExportDirectory } from '@ijw/pe/exports';
import { importedName, readImportedFunctions } from '@ijw/vtfixup';
import { type Change, type Facts, factChanges } from './change.ts';

interface HeaderVersion {
  readonly image: PEImage | undefined;
  readonly metadata: Metadata | undefined;
}

/** Headers that say what a file is; times, checksums and sizes differ between any two builds and are left out. */
export function* headerChanges(before: HeaderVersion, after: HeaderVersion): Generator<Change> {
  for (const change of factChanges('header', headerFacts(before), headerFacts(after)))
    yield isBreaking(change) ? { ...change, breaking: true } : change;
}

/** A version that is lower, another name, culture or key: the loader does not take the new assembly for the old one. */
function isBreaking({ member, kind, old = '', new: now = '' }: Change): boolean {
  if (member === 'assembly version') return compareVersions(now, old) < 0;
  return kind !== 'added' && ['assembly name', 'assembly culture', 'public key token'].includes(member);
}

function compareVersions(one: string, other: string): number {
  const [left, right] = [one.split('.').map(Number), other.split('.').map(Number)];
  const at = left.findIndex((part, index) => part !== right[index]);
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}

function headerFacts({ image, metadata }: HeaderVersion): Facts {
  const facts = new Map<string, string>();
  const add = (name: string, value: string | number | undefined): void => {
    if (value !== undefined && value !== '') facts.set(name, typeof value === 'number' ? hex(value) : value);
  };
  if (image !== undefined) imageFacts(image, add);
  if (metadata !== undefined) metadataFacts(metadata, add);
  return facts;
}

type Add = (name: string, value: string | number | undefined) => void;

function imageFacts(image: PEImage, add: Add): void {
  const { coffHeader, optionalHeader } = image;
  add('machine', identifyMachine(coffHeader.machine)?.name ?? coffHeader.machine);
  add('characteristics', coffHeader.characteristics);
  add('subsystem', optionalHeader.subsystem);
  add('DLL characteristics', optionalHeader.dllCharacteristics);
  add('CLI flags', ifReadable(() => readCliHeader(image))?.flags);
  for (const { module, name, ordinal } of readImportedFunctions(image, image.diagnostics).values())
    add(`import ${module}!${importedName({ name, ordinal })}`, 'imported');
  for (const { name, ordinal } of ifReadable(() => readExportDirectory(image))?.symbols ?? [])
    add(`export ${name ?? `#${ordinal}`}`, 'exported');
}

function metadataFacts(metadata: Metadata, add: Add): void {
  add('runtime version', metadata.root.version);
  add(
    'target framework',
    ifReadable(() => targetFramework(metadata)),
  );
  const identity = ifReadable(() => assemblyIdentity(metadata));
  if (identity !== undefined) {
    add('assembly name', identity.name);
    add('assembly version', identity.version && formatVersion(identity.version));
    add('assembly culture', identity.culture);
    add('public key token', identity.publicKeyToken);
    add('assembly flags', metadata.tables.Assembly.get(1, 'Flags'));
  }
  const { AssemblyRef, ModuleRef } = metadata.tables;
  for (let rid = 1; rid <= AssemblyRef.rowCount; rid++) {
    const reference = ifReadable(() => referencedAssembly(metadata, makeToken(TableId.AssemblyRef, rid)));
    if (reference !== undefined) add(`reference ${reference.name}`, reference.version ? formatVersion(reference.version) : 'any version');
  }
  for (let rid = 1; rid <= ModuleRef.rowCount; rid++)
    add(`module ${ifReadable(() => metadata.strings.get(ModuleRef.get(rid, 'Name'))) ?? '?'}`, 'referenced');
}
