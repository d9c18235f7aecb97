/**
 * Opens an assembly, decodes every row, signature and attribute of it, and makes every column text; System.Reflection.Metadata and Mono.Cecil do the same in the same run:
 * npm run bench bench/metadata-scan.ts FILE [REPEATS]
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { BadImageError } from '@ijw/binary';
import { type Column, Metadata, tableNames } from '@ijw/metadata';
import { AttributeDecoder } from '@ijw/metadata/attributes';
import { attributeArgumentsText, cellText, TokenText } from '@ijw/metadata/canonical';
import { SignatureDecoder, type SignatureTypeProvider, signatureKindOf } from '@ijw/metadata/signatures';
import { PEImage } from '@ijw/pe';
import { measure, report } from './measure.ts';
import { comparePeer, type Peer, type PeerTask } from './peer.ts';

const [path, repeats = '15'] = process.argv.slice(2);
if (path === undefined) throw new Error('Which file?');
const assembly: string = path;
const bytes = readFileSync(assembly);

/** Counts the types of signatures, as the oracle's provider does. The named type is what it makes of each. */
class CountingProvider implements SignatureTypeProvider<number> {
  nodes = 0;
  #one(value: number): number {
    this.nodes++;
    return value;
  }
  primitive(): number {
    return this.#one(1);
  }
  named(token: number): number {
    return this.#one(token);
  }
  pointer(element: number): number {
    return this.#one(element);
  }
  byReference(element: number): number {
    return this.#one(element);
  }
  pinned(element: number): number {
    return this.#one(element);
  }
  szArray(element: number): number {
    return this.#one(element);
  }
  array(element: number): number {
    return this.#one(element);
  }
  genericInstance(generic: number): number {
    return this.#one(generic);
  }
  genericTypeParameter(index: number): number {
    return this.#one(index);
  }
  genericMethodParameter(index: number): number {
    return this.#one(index);
  }
  functionPointer(): number {
    return this.#one(0);
  }
  modified(_modifier: number, unmodified: number): number {
    return this.#one(unmodified);
  }
}

function decodeSignature(decoder: SignatureDecoder<number>, blobs: Metadata['blobs'], blob: number, isType: boolean): void {
  decoder.open(blobs, blob);
  const kind = isType ? 'type' : signatureKindOf(decoder.header ?? 0);
  if (kind === 'property') decoder.method();
  else if (kind !== 'unknown') decoder[kind]();
}

const isSignature = ({ table, name }: Column): boolean =>
  name === 'Signature' || name === 'Instantiation' || (table === 'Property' && name === 'Type');

function scanColumn(column: Column, metadata: Metadata, decoder: SignatureDecoder<number>): number {
  const { rowCount } = column;
  let sum = 0;
  switch (column.kind.kind) {
    case 'string':
      for (let rid = 1; rid <= rowCount; rid++) sum += metadata.strings.get(column.at(rid)).length;
      break;
    case 'blob':
      if (isSignature(column)) {
        for (let rid = 1; rid <= rowCount; rid++) decodeSignature(decoder, metadata.blobs, column.at(rid), column.table === 'TypeSpec');
      } else for (let rid = 1; rid <= rowCount; rid++) sum += metadata.blobs.length(column.at(rid));
      break;
    case 'table':
    case 'coded':
      for (let rid = 1; rid <= rowCount; rid++) sum += column.token(rid);
      break;
    default:
      for (let rid = 1; rid <= rowCount; rid++) sum += column.at(rid);
  }
  return sum;
}

function open(): Metadata {
  const metadata = Metadata.of(PEImage.parse(bytes));
  if (metadata === undefined) throw new Error('The file has no metadata');
  return metadata;
}

function scan(): string {
  const metadata = open();
  const provider = new CountingProvider();
  const decoder = new SignatureDecoder(provider);
  let rows = 0;
  for (const name of tableNames) {
    rows += metadata.tables[name].rowCount;
    for (const column of metadata.tables[name].columns) scanColumn(column, metadata, decoder);
  }
  const attributes = new AttributeDecoder(metadata, { unknownEnums: 'i4' });
  let values = 0;
  forEachAttribute(metadata, (rid) => {
    const { fixedArguments, namedArguments } = attributes.decode(rid);
    values += fixedArguments.length + namedArguments.length;
  });
  return `${rows} rows, ${provider.nodes} types, ${values} arguments of attributes`;
}

function forEachAttribute({ tables: { CustomAttribute } }: Metadata, visit: (rid: number) => void): void {
  for (let rid = 1; rid <= CustomAttribute.rowCount; rid++) {
    try {
      visit(rid);
    } catch (error) {
      // As in the oracle, what cannot be decoded without the other assemblies is passed over.
      if (!(error instanceof BadImageError)) throw error;
    }
  }
}

function text(): string {
  const metadata = open();
  const tokens = new TokenText(metadata);
  let characters = 0;
  for (const name of tableNames) {
    const table = metadata.tables[name];
    const columns = table.columns.filter((column) => name !== 'CustomAttribute' || column.name !== 'Value');
    const cells = columns.map((column) => cellText(column, tokens));
    for (let rid = 1; rid <= table.rowCount; rid++) for (const cell of cells) characters += cell(rid).length;
  }
  const attributes = new AttributeDecoder(metadata, { unknownEnums: 'i4' });
  forEachAttribute(metadata, (rid) => attributeArgumentsText(attributes, rid, tokens));
  return `${characters} characters`;
}

function mvid(): string | undefined {
  const metadata = open();
  return metadata.guids.get(metadata.tables.Module.get(1, 'Mvid'));
}

function compare(name: string, task: () => string | undefined, peerTask: PeerTask, peer: Peer): void {
  const ours = measure(task, Number(repeats));
  report(`ijw ${name}`, ours);
  comparePeer(ours, peerTask, peer, assembly, Number(repeats));
}

console.log(basename(assembly));
compare('open + MVID', mvid, 'open', 'srm');
compare('scan', scan, 'scan', 'srm');
compare('scan', scan, 'scan', 'cecil');
compare('text', text, 'scan', 'srmstr');
