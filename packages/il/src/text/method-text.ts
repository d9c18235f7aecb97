import { hex } from '@ijw/binary';
import {
  constantOf,
  isTokenOf,
  MethodAttributes,
  type MethodDefToken,
  makeToken,
  ParamAttributes,
  type ParamToken,
  TableId,
  tokenRid,
} from '@ijw/metadata';
import { type MethodSignature, SignatureFlags } from '@ijw/metadata/signatures';
import { writeBody } from './body-text.ts';
import { constantText } from './constant-text.ts';
import { writeCustomAttributes } from './custom-attribute-text.ts';
import { attempt, type Disassembly, limitation, partText, tokenComment } from './disassembly.ts';
import { marshalOf } from './field-text.ts';
import { implFlagWords, methodFlagWords, pinvokeFlagWords } from './flags/member-flags.ts';
import { writeGenericParameterAttributes, writeGenericParameters } from './generic-parameter-text.ts';
import type { ArgumentNames } from './instruction-text.ts';
import { quotedName } from './lexical/string-literal.ts';
import { securityObjectAttribute } from './pseudo-attribute-text.ts';
import { writeSecurity } from './security-text.ts';
import { conventionText } from './type-text.ts';
import { HOST_OF_UNUSED_MEMBERS, writeUnusedMembers } from './unused-members.ts';

const CODE_TYPE = 3;
const UNMANAGED = 4;

/** The Param rows of a method by position; 0 is the return value. Positions without a row are left out. */
type Parameters = readonly (ParamToken | undefined)[];
const noParameters: Parameters = [];

/** `.method` with its body. @throws BadImageError */
export function writeMethod(disassembly: Disassembly, rid: number): void {
  const { columns, references, sink } = disassembly;
  const token = makeToken(TableId.MethodDef, rid);
  const signature = references.signature(columns.method.signature.at(rid));
  const parameters = parametersOf(disassembly, rid);
  const flags = columns.method.flags.at(rid);
  const securityAttribute = flags & MethodAttributes.RequireSecObject ? securityObjectAttribute(disassembly) : undefined;
  const implFlags = columns.method.implFlags.at(rid);
  // Before anything is written: an error for a bad row must not leave a partial head.
  const pinvoke = flags & MethodAttributes.PInvokeImpl ? pinvokeText(disassembly, token) : '';
  const { buffer } = references;
  const end = buffer.length;
  references.writeMethodName(buffer, rid);
  const nameEnd = buffer.length;
  const flagWords = methodFlagWords(securityAttribute === undefined ? flags : flags & ~MethodAttributes.RequireSecObject);
  sink.start().text('.method ').text(tokenComment(disassembly, token)).text(flagWords).text(pinvoke).end();
  sink.start().text('        ').text(conventionText(signature.header));
  writeReturn(disassembly, signature.parameterTypes[0] ?? end, parameters[0]);
  sink.text(' ').run(buffer.view, end, nameEnd);
  writeGenericParameters(disassembly, token);
  writeParameterList(disassembly, signature, end, parameters);
  sink.text(' ').text(implFlagWords(implFlags)).end();
  sink.open();
  writeVTableEntries(disassembly, token);
  if (securityAttribute !== undefined) sink.line(securityAttribute);
  writeCustomAttributes(disassembly, token);
  writeSecurity(disassembly, token);
  writeGenericParameterAttributes(disassembly, token);
  writeParameterDetails(disassembly, parameters);
  if (disassembly.options.strict && token === HOST_OF_UNUSED_MEMBERS) writeUnusedMembers(disassembly);
  writeOverrides(disassembly, token);
  writeCode(disassembly, rid, () => argumentNames(disassembly, signature, parameters));
  sink.indent -= 2;
  references.writeMethodName(sink.start().text('} // end of method '), rid);
  sink.end().end();
}

function parametersOf({ columns, metadata }: Disassembly, rid: number): Parameters {
  const rows = metadata.paramsOf(rid);
  if (rows.length === 0) return noParameters;
  const { sequence } = columns.parameter;
  const parameters: (ParamToken | undefined)[] = [];
  for (let index = 0; index < rows.length; index++) {
    const param = rows.at(index)!;
    parameters[sequence.at(param)] = makeToken(TableId.Param, param);
  }
  return parameters;
}

const pinvokeText = (disassembly: Disassembly, token: MethodDefToken): string =>
  partText(disassembly, token, () => importText(disassembly, token));

function importText({ metadata, references: { names } }: Disassembly, token: MethodDefToken): string {
  const row = metadata.findImplMap(token);
  if (row === undefined) return 'pinvokeimpl(/* No map */) ';
  const { ImplMap, ModuleRef, MethodDef } = metadata.tables;
  const module = names.string(ModuleRef.get(ImplMap.get(row, 'ImportScope'), 'Name'));
  const name = names.string(ImplMap.get(row, 'ImportName'));
  const alias = name === names.string(MethodDef.get(token & 0xffffff, 'Name')) ? '' : ` as ${quotedName(name)}`;
  const words = pinvokeFlagWords(ImplMap.get(row, 'MappingFlags'));
  return `pinvokeimpl(${quotedName(module)}${alias}${words === '' ? '' : ` ${words}`}) `;
}

/** ECMA-335 II.23.1.13: In, Out and Optional; the others say that a row of another table is there. */
const PARAM_WORDS: readonly (readonly [number, string])[] = [
  [ParamAttributes.In, '[in]'],
  [ParamAttributes.Out, '[out]'],
  [ParamAttributes.Optional, '[opt]'],
];

const PARAM_WORD_BITS = ParamAttributes.In | ParamAttributes.Out | ParamAttributes.Optional;

function parameterWords({ columns }: Disassembly, token: ParamToken | undefined): string {
  if (token === undefined) return '';
  const flags = columns.parameter.flags.at(token & 0xffffff);
  if ((flags & PARAM_WORD_BITS) === 0) return '';
  return PARAM_WORDS.filter(([bit]) => flags & bit)
    .map(([, word]) => word)
    .join('');
}

/**
 * ilasm makes a row for a return value that has a flag, marshalling or attributes. `[n]` is the flags but one, and 0x1000 (HasDefault) it strikes
 * out again: the row is made, and has none.
 */
function bareReturnWord({ namedBy, options }: Disassembly, token: ParamToken): string {
  return options.strict && !namedBy.customAttribute.has(token) ? '[4095]' : '';
}

/** The type that ends at a place of the buffer, in which it lies first. */
function writeReturn(disassembly: Disassembly, end: number, token: ParamToken | undefined): void {
  const { references, sink } = disassembly;
  const marshal = token === undefined ? '' : marshalOf(disassembly, token);
  const words = parameterWords(disassembly, token) || (token === undefined || marshal !== '' ? '' : bareReturnWord(disassembly, token));
  if (words !== '') sink.text(words).text(' ');
  sink.run(references.buffer.view, 0, end);
  if (marshal !== '') sink.text(' ').text(marshal.trimEnd());
}

/** `(int32 a, [out] string& b)`. Compilers put a sentinel in the signatures of references only. */
function writeParameterList(
  disassembly: Disassembly,
  { parameterTypes: types, requiredParameterCount, endsWithSentinel }: MethodSignature<number>,
  end: number,
  parameters: Parameters,
): void {
  const { columns, references, sink } = disassembly;
  sink.text('(');
  const { view } = references.buffer;
  for (let index = 0; index < types.length; index++) {
    if (index > 0) sink.text(', ');
    if (index === requiredParameterCount) sink.text('..., ');
    const token = parameters[index + 1];
    const words = parameterWords(disassembly, token);
    if (words !== '') sink.text(words).text(' ');
    sink.run(view, types[index]!, index + 1 < types.length ? types[index + 1]! : end);
    if (token === undefined) continue;
    const marshal = marshalOf(disassembly, token);
    if (marshal !== '') sink.text(' ').text(marshal.trimEnd());
    const name = columns.parameter.name.at(token & 0xffffff);
    if (!references.names.isEmpty(name)) references.names.writeWord(sink.text(' '), name);
  }
  if (endsWithSentinel) sink.text(types.length > 0 ? ', ...' : '...');
  sink.text(')');
}

/** `.param [1] = value` and the attributes of parameters; most have neither. */
function writeParameterDetails(disassembly: Disassembly, parameters: Parameters): void {
  const { constant, customAttribute } = disassembly.namedBy;
  for (let sequence = 0; sequence < parameters.length; sequence++) {
    const token = parameters[sequence];
    if (token !== undefined && (constant.has(token) || customAttribute.has(token))) writeParameterDetail(disassembly, token, sequence);
  }
}

function writeParameterDetail(disassembly: Disassembly, token: ParamToken, sequence: number): void {
  const { metadata, sink } = disassembly;
  attempt(disassembly, token, () => {
    const value = partText(disassembly, token, () => {
      const constant = constantOf(metadata, token);
      return constant === undefined ? '' : ` = ${constantText(constant)}`;
    });
    sink.line(`.param [${sequence}]${value}`);
    writeCustomAttributes(disassembly, token);
  });
}

/** Names that tell one argument: those of others are their numbers. */
function argumentNames({ columns, references }: Disassembly, signature: MethodSignature<number>, parameters: Parameters): ArgumentNames {
  const first = signature.header & SignatureFlags.HasThis && !(signature.header & SignatureFlags.ExplicitThis) ? 1 : 0;
  const names: (string | undefined)[] = [];
  const seen = new Set<string>();
  for (const [sequence, token] of parameters.entries()) {
    if (sequence === 0 || token === undefined) continue;
    const name = references.names.word(columns.parameter.name.at(token & 0xffffff));
    if (name === '' || seen.has(name)) continue;
    seen.add(name);
    names[first + sequence - 1] = name;
  }
  return names;
}

/** `.override` for each MethodImpl of the declaring type whose body this method is. */
function writeOverrides(disassembly: Disassembly, token: MethodDefToken): void {
  const { metadata, namedBy, references, sink } = disassembly;
  if (!namedBy.methodImpl.has(token)) return;
  const { MethodImpl } = metadata.tables;
  const owner = metadata.declaringType(token) & 0xffffff;
  if (owner === 0) return;
  for (const row of metadata.owners.byCoded('MethodImpl', 'MethodBody', 'MethodDefOrRef', token)) {
    if (MethodImpl.get(row, 'Class') !== owner) continue;
    attempt(disassembly, token, () => {
      const declaration = references.method(MethodImpl.column('MethodDeclaration').token(row));
      references.write(sink.start().text('.override method '), declaration);
      sink.end();
    });
  }
}

/** MethodImpl rows whose body is a method of another type. */
export function writeForeignOverrides(disassembly: Disassembly, typeRid: number): void {
  const { metadata, references, sink } = disassembly;
  const { MethodImpl } = metadata.tables;
  for (const row of metadata.methodImplsOf(typeRid)) {
    const body = MethodImpl.column('MethodBody').tokenOrBad(row);
    if (isTokenOf(body, 'MethodDef') && tokenRid(metadata.declaringType(body)) === typeRid) continue;
    attempt(disassembly, 0x19000000 | row, () => {
      const declaration = references.method(MethodImpl.column('MethodDeclaration').token(row));
      const text = references.method(MethodImpl.column('MethodBody').token(row));
      references.write(sink.start().text('.override method '), declaration);
      references.write(sink.text(' with method '), text);
      sink.end();
    });
  }
}

function writeVTableEntries({ options, references, sink }: Disassembly, token: MethodDefToken): void {
  for (const { record, slot } of options.vtable?.entriesOf(token) ?? []) sink.line(`.vtentry ${record} : ${slot}`);
  for (const { ordinal, name } of options.vtable?.exportsOf(token) ?? []) {
    sink.line(`.export [${ordinal}]${name === undefined ? '' : ` as ${references.identifiers.simple(name)}`}`);
  }
}

function writeCode(disassembly: Disassembly, rid: number, names: () => ArgumentNames): void {
  const { columns, options, sink } = disassembly;
  const token = makeToken(TableId.MethodDef, rid);
  const rva = columns.method.rva.at(rid);
  const implFlags = columns.method.implFlags.at(rid);
  if (rva === 0) return;
  if (implFlags & (CODE_TYPE | UNMANAGED)) {
    limitation(disassembly, token, `Native code at RVA ${hex(rva)}: no assembler of IL takes it`);
    for (const line of options.native?.(rva) ?? []) sink.comment(` ${line}`);
    return;
  }
  if (!options.noIL) attempt(disassembly, token, () => writeBody(disassembly, token, rva, names));
  for (const line of options.compiled?.(token) ?? []) sink.line(`// ${line}`);
}
