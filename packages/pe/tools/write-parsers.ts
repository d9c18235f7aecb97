/// <reference path="./binary-parser.d.ts" />
// Writes src/generated/structure-parsers.ts from the structures that src declares: npm run generate
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Parser } from 'binary-parser';
import type { FieldKind, FieldKinds, Structure } from '../src/structure.ts';

const sources = join(import.meta.dirname, '../src');
const DECLARATION = /^export const (\w+)Layout = structure\(/gm;

/** Where the parsers lie. */
export const PARSERS_FILE = join(sources, 'generated/structure-parsers.ts');

export interface Declaration {
  /** `coffHeader`, of `coffHeaderLayout`. */
  readonly name: string;
  /** Below `src`. */
  readonly file: string;
  readonly layout: Structure<FieldKinds>;
}

/** Every `export const …Layout = structure(…)`, by file name. */
export async function declarations(): Promise<Declaration[]> {
  const found: Declaration[] = [];
  for (const file of readdirSync(sources, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!file.endsWith('.ts')) continue;
    for (const [, name] of readFileSync(join(sources, file), 'utf8').matchAll(DECLARATION)) {
      const module = await import(pathToFileURL(join(sources, file)).href);
      found.push({ name: name!, file: file.replaceAll('\\', '/'), layout: module[`${name}Layout`] });
    }
  }
  return found;
}

function addField(parser: Parser, name: string, kind: FieldKind): Parser {
  switch (kind) {
    case 'u8':
      return parser.uint8(name);
    case 'u16':
      return parser.uint16(name);
    case 'u32':
      return parser.uint32(name);
    case 'u64':
      return parser.uint64(name);
    default:
      return parser.buffer(name, { length: kind });
  }
}

/** The structure as binary-parser declares it. */
export const parserOf = (fields: FieldKinds): Parser =>
  Object.entries(fields).reduce((parser, [name, kind]) => addField(parser, name, kind), new Parser().endianness('little'));

const FRAME = /^(var |delete vars\.|vars\.\$|return vars;$|$)/;

/**
 * The fields of a structure out of binary-parser's code, which sets them one by one and moves `offset` after each. As one literal, whose
 * offsets are sums, V8 gives the object a fixed shape.
 */
function fieldLines(code: string): string[] {
  const lines: string[] = [];
  let position = 0;
  for (const line of code.split('\n')) {
    const step = /^offset \+= (\d+);$/.exec(line);
    const field = /^vars\.(\w+) = (.+);$/.exec(line);
    if (step) position += Number(step[1]);
    else if (field) {
      const at = (offset: number): string => (offset === 0 ? 'offset' : `offset + ${offset}`);
      const value = field[2]!.replace(/\boffset(?: \+ (\d+))?/g, (_, more = 0) => at(position + Number(more)));
      // A single byte has no order.
      lines.push(`  ${field[1]}: ${value.replace(/^(dataView\.getUint8\(.*), (?:true|false)\)$/, '$1)')},`);
    } else if (!FRAME.test(line)) throw new Error(`binary-parser wrote an unexpected line: ${line}`);
  }
  return lines;
}

function parserText({ name, file, layout }: Declaration): string {
  const lines = fieldLines(parserOf(layout.fields).getCode());
  const bytes = lines.some((line) => line.includes('buffer.')) ? ', buffer: Uint8Array' : '';
  return `/** \`${name}Layout\` of ${file}. */
export const ${name} = (dataView: DataView, offset: number${bytes}) => ({\n${lines.join('\n')}\n});\n`;
}

/** The text of `PARSERS_FILE`. */
export async function parsersText(): Promise<string> {
  const banner =
    '// Written by tools/write-parsers.ts with binary-parser from the declarations in src. Do not edit: run `npm run generate`.\n';
  return [banner, ...(await declarations()).map(parserText)].join('\n');
}

if (process.argv[1] === import.meta.filename) writeFileSync(PARSERS_FILE, await parsersText());
