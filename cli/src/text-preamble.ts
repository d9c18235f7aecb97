import { hex, printable } from '@ijw/binary';
import { type Metadata, makeToken, TableId, typeFullName } from '@ijw/metadata';
import { headersDocument, headerWords, type PEImage } from '@ijw/pe';
import { Chalk } from 'chalk';
import { outlineOf } from './output/outline.ts';

/** The parts of `ijw headers` that precede IL text. */
const PARTS: readonly string[] = ['dos', 'coff', 'optional', 'sections', 'directories', 'cli'];

/** PE and CLI headers as comments. */
export function* headerComments(image: PEImage): Generator<string> {
  const document = headersDocument(image);
  const page = { style: new Chalk({ level: 0 }), words: headerWords(image) };
  for (const part of PARTS) {
    const content = document[part];
    if (content === undefined) continue;
    for (const line of [part, ...[...outlineOf(content, page, part)].join('').split('\n')]) yield `${`// ${line}`.trimEnd()}\n`;
  }
}

/** Every class with its token, as comments. */
export function* classComments(metadata: Metadata): Generator<string> {
  for (let rid = 1; rid <= metadata.tables.TypeDef.rowCount; rid++) {
    const token = makeToken(TableId.TypeDef, rid);
    yield `// ${hex(token, 8)}  ${printable(typeFullName(metadata, token))}\n`;
  }
}
