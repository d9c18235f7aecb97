import {
  constantOf,
  isTokenOf,
  type MethodDefToken,
  type MethodSignature,
  makeToken,
  type ParamToken,
  SignatureFlags,
  TableId,
  tokenRid,
} from '@ijw/metadata';
import { writeBody } from './body-text.ts';
import { constantText } from './constant-text.ts';
import { writeCustomAttributes } from './custom-attribute-text.ts';
import { attempt, type Disassembly, limitation, tokenComment } from './disassembly.ts';
import { marshalOf } from './field-text.ts';
import { implFlagWords, methodFlagWords, pinvokeFlagWords } from './flags/member-flags.ts';
import { genericParametersText, writeGenericParameterAttributes } from './generic-parameter-text.ts';
import type { ArgumentNames } from './instruction-text.ts';
import { quotedString } from './lexical/string-literal.ts';
import { securityObjectAttribute } from './pseudo-attribute-text.ts';
import { writeSecurity } from './security-text.ts';
import { conventionText } from './type-text.ts';

const PINVOKE_IMPL = 0x2000;
const REQUIRE_SECURITY_OBJECT = 0x8000;
const CODE_TYPE = 3;
const UNMANAGED = 4;

/** The Param rows of a method by position; 0 is the return value. Positions without a row are left out. */
type Parameters = readonly (ParamToken | undefined)[];
const noParameters: Parameters = [];

/** `.method` with its body. @throws BadImageError */
export function writeMethod(disassembly: Disassembly, rid: number): void {
  const { metadata, references, sink } = disassembly;
  const { MethodDef } = metadata.tables;
  const token = makeToken(TableId.MethodDef, rid);
  const signature = references.methodSignature(MethodDef.get(rid, 'Signature'));
  const parameters = parametersOf(disassembly, rid);
  const flags = MethodDef.get(rid, 'Flags');
  const securityAttribute = flags & REQUIRE_SECURITY_OBJECT ? securityObjectAttribute(disassembly) : undefined;
  const implFlags = MethodDef.get(rid, 'ImplFlags');
  // Before anything is written: what they throw for a bad row leaves no half a head.
  const pinvoke = pinvokeText(disassembly, token, flags);
  const name = references.methodName(rid);
  sink
    .start()
    .text('.method ')
    .text(tokenComment(disassembly, token))
    .text(methodFlagWords(securityAttribute === undefined ? flags : flags & ~REQUIRE_SECURITY_OBJECT))
    .text(pinvoke)
    .end();
  sink.start().text('        ').text(conventionText(signature.header));
  writeReturn(disassembly, signature, parameters);
  sink.text(' ').text(name).text(genericParametersText(disassembly, token));
  writeParameterList(disassembly, signature, parameters);
  sink.text(' ').text(implFlagWords(implFlags)).end();
  sink.open();
  writeVTableEntries(disassembly, token);
  if (securityAttribute !== undefined) sink.line(securityAttribute);
  writeCustomAttributes(disassembly, token);
  writeSecurity(disassembly, token);
  writeGenericParameterAttributes(disassembly, token);
  writeParameterDetails(disassembly, parameters);
  writeOverrides(disassembly, token);
  writeCode(disassembly, rid, () => argumentNames(disassembly, signature, parameters));
  sink.close('end of method ', name);
}

function parametersOf({ metadata }: Disassembly, rid: number): Parameters {
  const rows = metadata.paramsOf(rid);
  if (rows.length === 0) return noParameters;
  const sequence = metadata.tables.Param.column('Sequence');
  const parameters: (ParamToken | undefined)[] = [];
  for (let index = 0; index < rows.length; index++) {
    const param = rows.at(index)!;
    parameters[sequence.at(param)] = makeToken(TableId.Param, param);
  }
  return parameters;
}

function pinvokeText({ metadata }: Disassembly, token: MethodDefToken, flags: number): string {
  if (!(flags & PINVOKE_IMPL)) return '';
  const row = metadata.findImplMap(token);
  if (row === undefined) return 'pinvokeimpl(/* No map */) ';
  const { ImplMap, ModuleRef, MethodDef } = metadata.tables;
  const module = metadata.strings.get(ModuleRef.get(ImplMap.get(row, 'ImportScope'), 'Name'));
  const name = metadata.strings.get(ImplMap.get(row, 'ImportName'));
  const alias = name === metadata.strings.get(MethodDef.get(token & 0xffffff, 'Name')) ? '' : ` as ${quotedString(name)}`;
  const words = pinvokeFlagWords(ImplMap.get(row, 'MappingFlags'));
  return `pinvokeimpl(${quotedString(module)}${alias}${words === '' ? '' : ` ${words}`}) `;
}

/** ECMA-335 II.23.1.13: In, Out and Optional; the others say that a row of another table is there. */
const PARAM_WORDS: readonly (readonly [number, string])[] = [
  [0x01, '[in]'],
  [0x02, '[out]'],
  [0x10, '[opt]'],
];

const PARAM_WORD_BITS = 0x13;

function parameterWords({ metadata }: Disassembly, token: ParamToken | undefined): string {
  if (token === undefined) return '';
  const flags = metadata.tables.Param.get(token & 0xffffff, 'Flags');
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

function writeReturn(disassembly: Disassembly, { returnType }: MethodSignature<string>, parameters: Parameters): void {
  const { sink } = disassembly;
  const token = parameters[0];
  const marshal = token === undefined ? '' : marshalOf(disassembly, token);
  const words = parameterWords(disassembly, token) || (token === undefined || marshal !== '' ? '' : bareReturnWord(disassembly, token));
  if (words !== '') sink.text(words).text(' ');
  sink.text(returnType);
  if (marshal !== '') sink.text(' ').text(marshal.trimEnd());
}

/** `(int32 a, [out] string& b)`. The variable part of a vararg signature stands in references only. */
function writeParameterList(disassembly: Disassembly, { parameterTypes }: MethodSignature<string>, parameters: Parameters): void {
  const { metadata, references, sink } = disassembly;
  const { Param } = metadata.tables;
  sink.text('(');
  for (let index = 0; index < parameterTypes.length; index++) {
    if (index > 0) sink.text(', ');
    const token = parameters[index + 1];
    const words = parameterWords(disassembly, token);
    if (words !== '') sink.text(words).text(' ');
    sink.text(parameterTypes[index]!);
    if (token === undefined) continue;
    const marshal = marshalOf(disassembly, token);
    if (marshal !== '') sink.text(' ').text(marshal.trimEnd());
    const name = references.word(Param.get(token & 0xffffff, 'Name'));
    if (name !== '') sink.text(' ').text(name);
  }
  sink.text(')');
}

/** `.param [1] = value` and the attributes of parameters. */
function writeParameterDetails(disassembly: Disassembly, parameters: Parameters): void {
  const { metadata, namedBy, sink } = disassembly;
  for (const [sequence, token] of parameters.entries()) {
    if (token === undefined || !(namedBy.constant.has(token) || namedBy.customAttribute.has(token))) continue;
    attempt(disassembly, token, () => {
      const constant = constantOf(metadata, token);
      sink.line(`.param [${sequence}]${constant === undefined ? '' : ` = ${constantText(constant)}`}`);
      writeCustomAttributes(disassembly, token);
    });
  }
}

/** Names that tell one argument: those of others are their numbers. */
function argumentNames({ metadata, references }: Disassembly, signature: MethodSignature<string>, parameters: Parameters): ArgumentNames {
  const first = signature.header & SignatureFlags.HasThis && !(signature.header & SignatureFlags.ExplicitThis) ? 1 : 0;
  const names: (string | undefined)[] = [];
  const seen = new Set<string>();
  for (const [sequence, token] of parameters.entries()) {
    if (sequence === 0 || token === undefined) continue;
    const name = references.word(metadata.tables.Param.get(token & 0xffffff, 'Name'));
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
      sink.line(`.override method ${references.method(MethodImpl.column('MethodDeclaration').token(row))}`);
    });
  }
}

/** MethodImpl rows whose body is no method of the type itself. */
export function writeForeignOverrides(disassembly: Disassembly, typeRid: number): void {
  const { metadata, references, sink } = disassembly;
  const { MethodImpl } = metadata.tables;
  for (const row of metadata.methodImplsOf(typeRid)) {
    const body = MethodImpl.column('MethodBody').token(row);
    if (isTokenOf(body, 'MethodDef') && tokenRid(metadata.declaringType(body)) === typeRid) continue;
    attempt(disassembly, 0x19000000 | row, () => {
      const declaration = references.method(MethodImpl.column('MethodDeclaration').token(row));
      sink.line(`.override method ${declaration} with method ${references.method(body)}`);
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
  const { metadata, options, sink } = disassembly;
  const { MethodDef } = metadata.tables;
  const token = makeToken(TableId.MethodDef, rid);
  const rva = MethodDef.get(rid, 'RVA');
  const implFlags = MethodDef.get(rid, 'ImplFlags');
  if (rva === 0) return;
  if (implFlags & (CODE_TYPE | UNMANAGED)) {
    limitation(disassembly, token, `Native code at RVA 0x${rva.toString(16)}: no assembler of IL takes it`);
    for (const line of options.native?.(rva) ?? []) sink.line(`// ${line}`);
    return;
  }
  if (!options.noIL) attempt(disassembly, token, () => writeBody(disassembly, token, rva, names));
}
