import type { Metadata } from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';
import { InstructionCursor } from '../body/instruction-cursor.ts';
import { type MethodWithCode, methodCodes } from '../body/method-body-source.ts';
import type { OpCode } from '../opcodes/opcode.ts';
import { type OpCodeName, OpCodes, opCodesByIndex } from '../opcodes/opcode-table.ts';

/** An instruction that names something by a token. */
export interface TokenUse {
  readonly method: MethodWithCode;
  /** Of the instruction, in the code. */
  readonly offset: number;
  readonly opCode: OpCode<OpCodeName>;
  readonly token: number;
}

/** Goes through all IL of an image with one cursor. `visit` is called at each instruction. Bodies that cannot be read are passed over. */
export function scanInstructions(
  image: PEImage,
  metadata: Metadata,
  visit: (cursor: InstructionCursor, method: MethodWithCode) => void,
): void {
  const cursor = new InstructionCursor(new Uint8Array(0));
  for (const code of methodCodes(image, metadata)) {
    if (code.kind !== 'il') continue;
    cursor.reset(code.body.bytes, code.body.codeStart, code.body.codeEnd);
    while (cursor.moveNext()) visit(cursor, code.method);
  }
}

/** Every use of the opcodes, which must be ones with a token: `tokenUses(image, metadata, ['ldftn', 'calli'])`. */
export function tokenUses(image: PEImage, metadata: Metadata, names: readonly OpCodeName[]): readonly TokenUse[] {
  const wanted = new Uint8Array(opCodesByIndex.length);
  for (const name of names) wanted[OpCodes[name].index] = 1;
  const uses: TokenUse[] = [];
  scanInstructions(image, metadata, (cursor, method) => {
    const { index } = cursor;
    if (index >= 0 && wanted[index]) uses.push({ method, offset: cursor.offset, opCode: opCodesByIndex[index]!, token: cursor.uint32 });
  });
  return uses;
}
