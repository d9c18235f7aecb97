import type { Assembly } from '@ijw/assembly';
import { BadImageError } from '@ijw/binary';
import type { NativeText } from '@ijw/il';
import { NativeDisassembler } from '@ijw/il/native';
import type { Boundary } from '@ijw/vtfixup';
import { stubTargetText } from './output/stub-target-text.ts';

/** Native bodies as assembler text, with the function behind each jump through an import. The decoder is loaded here, and only when it is asked for. */
export async function nativeText(assembly: Assembly, boundary: Boundary): Promise<NativeText> {
  const disassembler = await NativeDisassembler.load(assembly.requireImage(), { metadata: assembly.requireMetadata() });
  return (rva) => {
    const stub = boundary.stubAt(rva);
    const head = stub === undefined || stub.hops.length === 0 ? [] : [`RVA 0x${rva.toString(16)} jmp → ${stubTargetText(stub)}`];
    try {
      const { instructions } = disassembler.body(rva);
      return [
        ...head,
        ...instructions.map(
          (instruction) =>
            `${instruction.rva.toString(16).padStart(8, '0')}  ${instruction.mnemonic} ${instruction.operands}${comment(disassembler, instruction)}`,
        ),
      ];
    } catch (error) {
      if (!(error instanceof BadImageError)) throw error;
      return [...head, `@error ${error.code}: ${error.message}`];
    }
  };
}

function comment(disassembler: NativeDisassembler, instruction: Parameters<NativeDisassembler['comment']>[0]): string {
  const text = disassembler.comment(instruction);
  return text === undefined || text === '' ? '' : `  ; ${text}`;
}
