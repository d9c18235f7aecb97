// Opens an assembly, decodes every row, signature and attribute of it, and makes every column text; System.Reflection.Metadata and Mono.Cecil do the
// same in the same run: node bench/metadata-scan.js FILE [REPEATS]
// Needs `npm run build`; without dotnet or the oracle of ../shared/oracles, only our own figures are given.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { BadImageError } from '@ijw/binary';
import {
  AttributeDecoder,
  attributeArgumentsText,
  cellText,
  Metadata,
  SignatureDecoder,
  signatureKindOf,
  TokenText,
  tableNames,
} from '@ijw/metadata';
import { PEImage } from '@ijw/pe';

const [path, repeats = '15'] = process.argv.slice(2);
if (path === undefined) throw new Error('Which file?');
const bytes = readFileSync(path);

/** Counts the types of signatures, as the oracle's provider does. */
function countingProvider() {
  const one = (value) => {
    provider.nodes++;
    return value;
  };
  const provider = {
    nodes: 0,
    primitive: () => one(1),
    named: one,
    pointer: one,
    byReference: one,
    pinned: one,
    szArray: one,
    array: one,
    genericInstance: one,
    genericTypeParameter: one,
    genericMethodParameter: one,
    functionPointer: () => one(0),
    modified: (_, type) => one(type),
  };
  return provider;
}

function decodeSignature(decoder, blobs, blob, isType) {
  decoder.open(blobs, blob);
  const kind = isType ? 'type' : signatureKindOf(decoder.header);
  if (kind === 'property') decoder.method();
  else decoder[kind]();
}

const isSignature = ({ table, name }) => name === 'Signature' || name === 'Instantiation' || (table === 'Property' && name === 'Type');

function scanColumn(column, metadata, decoder) {
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

const open = () => Metadata.of(PEImage.parse(bytes));

function scan() {
  const metadata = open();
  const provider = countingProvider();
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

function forEachAttribute({ tables: { CustomAttribute } }, visit) {
  for (let rid = 1; rid <= CustomAttribute.rowCount; rid++) {
    try {
      visit(rid);
    } catch (error) {
      // As in the oracle, what cannot be decoded without the other assemblies is passed over.
      if (!(error instanceof BadImageError)) throw error;
    }
  }
}

function text() {
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

function mvid() {
  const metadata = open();
  return metadata.guids.get(metadata.tables.Module.get(1, 'Mvid'));
}

/** The first run and the shortest of the others, in milliseconds. */
function measure(task) {
  const times = Array.from({ length: Number(repeats) + 1 }, () => {
    const start = performance.now();
    const result = task();
    return { time: performance.now() - start, result };
  });
  return { first: times[0].time, warm: Math.min(...times.slice(1).map(({ time }) => time)), result: times[0].result };
}

const peers = process.env.PEERS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'ijw-oracles');
const oracle = process.env.ORACLE ?? join(peers, 'bin/oracle.dll');
const line = (name, { first, warm }, what) =>
  console.log(`${name.padEnd(16)} first ${first.toFixed(1)} ms, warm ${warm.toFixed(3)} ms: ${what}`);

function compare(name, task, peerTask, peer) {
  const ours = measure(task);
  line(`ijw ${name}`, ours, ours.result);
  if (!existsSync(oracle)) return;
  const output = JSON.parse(execFileSync('dotnet', [oracle, 'bench', peerTask, peer, path, repeats], { encoding: 'utf8' }));
  line(`${peer} ${name}`, { first: output.first_ms, warm: output.warm_ms }, output.result);
  console.log(`  ijw takes ${(ours.warm / output.warm_ms).toFixed(2)} of the time, warm`);
}

console.log(basename(path));
compare('open + MVID', mvid, 'open', 'srm');
compare('scan', scan, 'scan', 'srm');
compare('scan', scan, 'scan', 'cecil');
compare('text', text, 'scan', 'srmstr');
if (!existsSync(oracle)) console.log(`The oracle is not built (${oracle}): nothing to compare with`);
