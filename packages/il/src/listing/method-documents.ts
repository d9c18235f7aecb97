import { BadImageError, type Diagnostics, hex, hexBytes } from '@ijw/binary';
import {
  type FieldToken,
  fieldFullName,
  isILCode,
  type Metadata,
  type MethodDefToken,
  makeToken,
  methodFullName,
  TableId,
  type Token,
  tokenTable,
  typeFullName,
  typeText,
} from '@ijw/metadata';
import { decodeLocalSignature, typeNodes } from '@ijw/metadata/signatures';
import type { PEImage } from '@ijw/pe';
import { type BadInstruction, decodeInstructions, type Instruction, type Operand } from '../body/instruction.ts';
import { codeOf, type MethodBody } from '../body/method-body.ts';
import { MethodBodySource } from '../body/method-body-source.ts';
import type { CompiledText, NativeText } from '../text/disassembly.ts';
import type { LineNumbers, LinePoint } from '../text/line-directive-text.ts';

/** An instruction as `ijw dis --json` prints it. */
export interface InstructionDocument {
  readonly offset: number;
  /** Absent for a byte that is not an instruction; the byte is the operand. */
  readonly opcode?: string;
  /**
   * A number: an integer, a variable, the offset of a branch's target, a token; a list of offsets for `switch`. Floating point is a number where
   * JSON has it, else its bits as `0x…`.
   */
  readonly operand?: number | bigint | string | readonly number[];
  /** The name of a token's row; the text of `ldstr`. */
  readonly text?: string;
  /** Of the instruction, operand included: lower-case hexadecimal. */
  readonly bytes?: string;
}

/** Optional parts of a document. */
export interface MethodDocumentOptions {
  /** The bytes of each instruction. */
  readonly bytes?: boolean;
  /** The tokens of the declaring type and of the signature of the local variables. */
  readonly tokens?: boolean;
  readonly lineNumbers?: LineNumbers;
  /** The machine code of native methods. */
  readonly native?: NativeText;
  /** The machine code that IL methods were compiled to. */
  readonly compiled?: CompiledText;
}

export interface MethodDocument {
  readonly token: number;
  /** `Namespace.Type::Name`. */
  readonly name?: string;
  readonly rva: number;
  /** The code at the RVA is of the machine. */
  readonly native?: true;
  readonly maxStack?: number;
  /** `.locals init`. */
  readonly initLocals?: true;
  /** As C# would write them. */
  readonly locals?: readonly string[];
  readonly instructions?: Iterable<InstructionDocument>;
  readonly handlers?: readonly object[];
  readonly declaringType?: number;
  readonly localVarSigToken?: number;
  readonly lines?: readonly LinePoint[];
  /** Assembler text, a line an instruction. */
  readonly machineCode?: readonly string[];
}

/** The context of reading bodies of methods. */
interface Reading {
  readonly metadata: Metadata;
  readonly bodies: MethodBodySource;
  readonly diagnostics: Diagnostics;
  readonly options: MethodDocumentOptions;
}

/** Methods as JSON has them, one at a time. What cannot be read is recorded and left out. @param rids rows of MethodDef; all by default */
export function* methodDocuments(
  image: PEImage,
  metadata: Metadata,
  diagnostics: Diagnostics,
  rids: Iterable<number> = allRows(metadata.tables.MethodDef.rowCount),
  options: MethodDocumentOptions = {},
): Generator<MethodDocument, void> {
  const reading = { metadata, bodies: new MethodBodySource(image), diagnostics, options };
  for (const rid of rids) yield methodDocument(reading, rid);
}

function* allRows(count: number): Generator<number> {
  for (let rid = 1; rid <= count; rid++) yield rid;
}

function methodDocument(reading: Reading, rid: number): MethodDocument {
  const { metadata, diagnostics, options } = reading;
  const { MethodDef } = metadata.tables;
  const token = makeToken(TableId.MethodDef, rid);
  const rva = MethodDef.get(rid, 'RVA');
  const name = diagnostics.attempt(() => methodFullName(metadata, token), token);
  const isNative = rva !== 0 && !isILCode(MethodDef.get(rid, 'ImplFlags'));
  return {
    token,
    ...(name !== undefined && { name }),
    rva,
    ...(options.tokens && { declaringType: metadata.declaringType(token) }),
    ...(isNative && { native: true }),
    ...machineCode(options, token, isNative ? rva : 0),
    ...(rva !== 0 && !isNative && diagnostics.attempt(() => bodyDocument(reading, token, rva), token)),
  };
}

function machineCode({ native, compiled }: MethodDocumentOptions, token: MethodDefToken, rva: number): Pick<MethodDocument, 'machineCode'> {
  const lines = [...(native && rva !== 0 ? native(rva) : []), ...(compiled?.(token) ?? [])];
  return lines.length === 0 ? {} : { machineCode: lines };
}

function bodyDocument(reading: Reading, token: MethodDefToken, rva: number): Partial<MethodDocument> {
  const { bodies, diagnostics, options } = reading;
  const body = bodies.read(rva, token);
  for (const diagnostic of body.diagnostics) diagnostics.report(diagnostic);
  const lines = options.lineNumbers?.pointsOf(token);
  return {
    ...(options.tokens && body.localVarSigToken !== 0 && { localVarSigToken: body.localVarSigToken }),
    ...(lines && { lines }),
    maxStack: body.maxStack,
    ...(body.initLocals && { initLocals: true }),
    locals: diagnostics.attempt(() => localTypes(reading, body), token) ?? [],
    instructions: instructionDocuments(reading, body, token),
    handlers: body.exceptionClauses.map(({ kind, classTokenOrFilterOffset, ...places }) => ({
      kind,
      ...places,
      ...(kind === 'catch' && { classToken: classTokenOrFilterOffset }),
      ...(kind === 'filter' && { filterOffset: classTokenOrFilterOffset }),
    })),
  };
}

function localTypes({ metadata }: Reading, { localVarSigToken }: MethodBody): readonly string[] {
  const rid = localVarSigToken & 0xffffff;
  if (rid === 0) return [];
  const blob = metadata.tables.StandAloneSig.get(rid, 'Signature');
  return decodeLocalSignature(metadata.blobs.reader(blob, 'a local signature'), typeNodes).map((type) => typeText(metadata, type));
}

function* instructionDocuments(reading: Reading, body: MethodBody, token: MethodDefToken): Generator<InstructionDocument, void> {
  const code = codeOf(body);
  for (const instruction of decodeInstructions(code)) {
    const { offset, size } = instruction;
    const document = instructionDocument(reading, instruction, token);
    yield reading.options.bytes ? { ...document, bytes: hexBytes(code.subarray(offset, offset + size)) } : document;
  }
}

function instructionDocument(reading: Reading, instruction: Instruction | BadInstruction, method: MethodDefToken): InstructionDocument {
  const { offset } = instruction;
  if (instruction.opCode === undefined) return { offset, operand: instruction.byte };
  const { opCode, operand } = instruction;
  const value = operandValue(operand);
  const text = operand.kind === 'token' ? reading.diagnostics.attempt(() => tokenText(reading.metadata, operand.token), method) : undefined;
  return { offset, opcode: opCode.name, ...(value !== undefined && { operand: value }), ...(text !== undefined && { text }) };
}

function operandValue(operand: Operand): InstructionDocument['operand'] {
  switch (operand.kind) {
    case 'none':
      return undefined;
    case 'variable':
      return operand.number;
    case 'branch':
      return operand.target;
    case 'switch':
      return operand.targets;
    case 'token':
      return operand.token;
    case 'float32':
      return Number.isFinite(operand.value) && !Object.is(operand.value, -0) ? operand.value : hex(operand.bits, 8);
    case 'float64':
      return Number.isFinite(operand.value) && !Object.is(operand.value, -0) ? operand.value : hex(operand.bits, 16);
    default:
      return operand.value;
  }
}

const USER_STRING = 0x70;

/** @throws BadImageError */
function tokenText(metadata: Metadata, token: number): string | undefined {
  const table = tokenTable(token as Token);
  switch (token >>> 24) {
    case USER_STRING:
      return metadata.userStrings.get(token & 0xffffff);
    case TableId.Field:
      return fieldFullName(metadata, token as FieldToken);
    case TableId.MethodDef:
    case TableId.MemberRef:
    case TableId.MethodSpec:
      return methodFullName(metadata, token as Token);
    case TableId.StandAloneSig:
      return undefined;
    default:
      if (table !== TableId.TypeDef && table !== TableId.TypeRef && table !== TableId.TypeSpec)
        throw new BadImageError({
          code: 'BAD_TOKEN',
          offset: metadata.place.base,
          reading: 'an operand',
          message: `${hex(token, 8)} names nothing`,
        });
      return typeFullName(metadata, token as Token);
  }
}
