import {
  constantOf,
  decodePropertySignature,
  type EventToken,
  makeToken,
  type PropertyToken,
  TableId,
  type TypeDefOrRefToken,
  tokenRid,
} from '@ijw/metadata';
import { constantText } from './constant-text.ts';
import { writeCustomAttributes } from './custom-attribute-text.ts';
import type { Disassembly } from './disassembly.ts';
import { conventionText } from './type-text.ts';
import { hasHost, hostOfUnusedMembers, unusedMethodReferences } from './unused-members.ts';

/** ECMA-335 II.23.1.12, by bit. */
const ACCESSORS: readonly (readonly [number, string])[] = [
  [0x08, '.addon'],
  [0x10, '.removeon'],
  [0x20, '.fire'],
  [0x02, '.get'],
  [0x01, '.set'],
  [0x04, '.other'],
];

/** The same two bits for events and properties. HasDefault is said by the value. */
const flagWords = (flags: number): string => `${flags & 0x200 ? 'specialname ' : ''}${flags & 0x400 ? 'rtspecialname ' : ''}`;

const accessorWord = (semantics: number): string => ACCESSORS.find(([bit]) => semantics & bit)?.[1] ?? '.other';

/** Members that nothing uses: strict text names them, so that the assembler makes their rows again. */
function writeUnusedMembers({ image, metadata, references, diagnostics, sink }: Disassembly): void {
  const host = hostOfUnusedMembers(metadata);
  if (host === undefined) return;
  const word = accessorWord(metadata.tables.MethodSemantics.get(host, 'Semantics'));
  for (const token of unusedMethodReferences(image, metadata)) {
    const text = diagnostics.attempt(() => references.method(token), token);
    if (text !== undefined) sink.line(`${word} ${text} // replaced by the next`);
  }
}

function writeAccessors(disassembly: Disassembly, association: EventToken | PropertyToken): void {
  const { metadata, instructions, options, sink } = disassembly;
  const { MethodSemantics } = metadata.tables;
  if (options.strict && hasHost(metadata, association)) writeUnusedMembers(disassembly);
  for (const row of metadata.semanticsOf(association)) {
    const semantics = MethodSemantics.get(row, 'Semantics');
    const word = accessorWord(semantics);
    const writeAccessor = instructions.method(makeToken(TableId.MethodDef, MethodSemantics.get(row, 'Method')));
    writeAccessor(sink.start().text(word).text(' '));
    sink.end();
  }
}

/** @throws BadImageError */
export function writeEvent(disassembly: Disassembly, token: EventToken): void {
  const { metadata, references, sink } = disassembly;
  const { Event } = metadata.tables;
  const rid = tokenRid(token);
  const type = Event.column('EventType').token(rid) as TypeDefOrRefToken;
  const name = references.name(Event.get(rid, 'Name'));
  sink.line(`.event ${flagWords(Event.get(rid, 'EventFlags'))}${tokenRid(type) === 0 ? '' : `${references.type(type)} `}${name}`);
  sink.open();
  writeCustomAttributes(disassembly, token);
  writeAccessors(disassembly, token);
  sink.close();
}

/** @throws BadImageError */
export function writeProperty(disassembly: Disassembly, token: PropertyToken): void {
  const { metadata, namedBy, references, sink } = disassembly;
  const { Property } = metadata.tables;
  const rid = tokenRid(token);
  const signature = decodePropertySignature(metadata.blobs.reader(Property.get(rid, 'Type'), 'a property signature'), references.types);
  const name = references.name(Property.get(rid, 'Name'));
  const constant = namedBy.constant.has(token) ? constantOf(metadata, token) : undefined;
  const value = constant === undefined ? '' : ` = ${constantText(constant)}`;
  const convention = conventionText(signature.header & 0x20);
  sink.line(
    `.property ${flagWords(Property.get(rid, 'Flags'))}${convention}${signature.returnType} ${name}(${signature.parameterTypes.join(', ')})${value}`,
  );
  sink.open();
  writeCustomAttributes(disassembly, token);
  writeAccessors(disassembly, token);
  sink.close();
}
