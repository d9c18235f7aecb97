import { BadImageError } from '@ijw/binary';
import { isTokenOf, type Metadata, methodCodeKinds, tokenRid } from '@ijw/metadata';
import { callingConventionName } from '@ijw/metadata/signatures';
import type { PEImage } from '@ijw/pe';
import type { ExceptionClauseKind } from '../body/exception-clause.ts';
import { BAD_INSTRUCTION, InstructionCursor } from '../body/instruction-cursor.ts';
import { methodCodes } from '../body/method-body-source.ts';
import { type OpCodeName, OpCodes, opCodesByIndex } from '../opcodes/opcode-table.ts';

/** Statistics about the IL of an image. */
export interface ILStatistics {
  readonly bodies: number;
  readonly instructions: number;
  /** Bytes that are not the start of an instruction. */
  readonly badInstructions: number;
  /** Those that occur. */
  readonly opCodes: { readonly [Name in OpCodeName]?: number };
  /** Those that occur. */
  readonly exceptionClauses: { readonly [Kind in ExceptionClauseKind]?: number };
  /** `calli` by the calling convention of its signature, as IL writes it: `default`, `unmanaged cdecl`, `vararg` … */
  readonly calliConventions: Readonly<Record<string, number>>;
  /** Instructions that call a method whose code is native code of this image. */
  readonly rvaPInvokeCalls: number;
}

const CALLI = OpCodes.calli.index;
const calls: ReadonlySet<number> = new Set([OpCodes.call.index, OpCodes.callvirt.index, OpCodes.jmp.index]);

/** 1 by row number for each MethodDef that is an RVA P/Invoke. */
function rvaPInvokes(metadata: Metadata): Uint8Array {
  const native = new Uint8Array(metadata.tables.MethodDef.rowCount + 1);
  let rid = 0;
  for (const kind of methodCodeKinds(metadata)) native[++rid] = Number(kind === 'rva');
  return native;
}

/** The convention of a StandAloneSig; `unknown` if the signature is missing or cannot be read. */
function conventionOf(metadata: Metadata, token: number): string {
  try {
    if (!isTokenOf(token, 'StandAloneSig')) return 'unknown';
    const header = metadata.blobs.get(metadata.tables.StandAloneSig.get(tokenRid(token), 'Signature'))[0];
    return (header !== undefined && callingConventionName(header)) || 'unknown';
  } catch (error) {
    if (error instanceof BadImageError) return 'unknown';
    throw error;
  }
}

const increment = <Key extends string>(counts: { [K in Key]?: number }, key: Key): void => {
  counts[key] = (counts[key] ?? 0) + 1;
};

/** Counts over all bodies of an image. Bodies that cannot be read are passed over. */
export function readILStatistics(image: PEImage, metadata: Metadata): ILStatistics {
  const counts = new Uint32Array(opCodesByIndex.length);
  const native = rvaPInvokes(metadata);
  const exceptionClauses: { [Kind in ExceptionClauseKind]?: number } = {};
  const calliConventions: Record<string, number> = {};
  const cursor = new InstructionCursor(new Uint8Array(0));
  let bodies = 0;
  let badInstructions = 0;
  let rvaPInvokeCalls = 0;
  for (const code of methodCodes(image, metadata)) {
    if (code.kind !== 'il') continue;
    bodies++;
    for (const { kind } of code.body.exceptionClauses) increment(exceptionClauses, kind);
    cursor.reset(code.body.bytes, code.body.codeStart, code.body.codeEnd);
    while (cursor.moveNext()) {
      const { index } = cursor;
      if (index === BAD_INSTRUCTION) badInstructions++;
      else counts[index]!++;
      if (index === CALLI) increment(calliConventions, conventionOf(metadata, cursor.uint32));
      else if (calls.has(index) && isTokenOf(cursor.uint32, 'MethodDef') && native[tokenRid(cursor.uint32)]) rvaPInvokeCalls++;
    }
  }
  const opCodes: { [Name in OpCodeName]?: number } = {};
  for (const [index, count] of counts.entries()) if (count > 0) opCodes[opCodesByIndex[index]!.name] = count;
  const instructions = counts.reduce((sum, count) => sum + count, badInstructions);
  return { bodies, instructions, badInstructions, opCodes, exceptionClauses, calliConventions, rvaPInvokeCalls };
}
