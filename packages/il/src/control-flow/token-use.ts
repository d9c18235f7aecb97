import type { Metadata } from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';
import type { MethodWithCode } from '../body/method-body-source.ts';
import type { OpCode } from '../opcodes/opcode.ts';
import { type OpCodeName, OpCodes, opCodesByIndex } from '../opcodes/opcode-table.ts';
import { scanInstructions } from './instruction-scan.ts';

/** An instruction that names something by a token. */
export interface TokenUse {
  readonly method: MethodWithCode;
  /** Of the instruction, in the code. */
  readonly offset: number;
  readonly opCode: OpCode<OpCodeName>;
  readonly token: number;
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
