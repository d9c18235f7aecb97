import { type DecodedInstruction, isRun, mnemonicText, operandsText, X86Decoder } from '@ijw/machine/instructions';
import { Random } from '../code-sections.ts';

/** An instruction that the processor is asked about. */
export interface SampledInstruction {
  readonly code: Uint8Array;
  readonly mnemonic: string;
  readonly text: string;
  readonly row: number;
}

/**
 * What one instruction alone cannot show: where control goes, what the system does, exceptions that are not masked, flags of the system (POPF), time.
 * INSB and the like are refused by the processor alike.
 */
const LEFT_OUT =
  /^(j\w+|call|ret|loop\w*|int\w*|hlt|cli|sti|cpuid|rdtsc\w*|xgetbv|popf\w?|fldcw|fldenv|frstor|fxrstor\w*|ldmxcsr|enter|ud\d|(ins|outs)\w|in|out)\b/;
/** Words before the mnemonic. */
const PREFIX_WORDS = /^((hint-taken|hint-not-taken|notrack|bnd|lock|data\d+|addr\d+|rep|repe|repne|xacquire|xrelease) )+/;

const OPCODE_STARTS: readonly (readonly number[])[] = [[], [], [0x0f], [0x0f], [0x0f, 0x38], [0x0f, 0x3a]];
const PREFIXES: readonly (readonly number[])[] = [[], [], [], [0x66], [0xf2], [0xf3], [0x66, 0xf2]];

function candidate(random: Random, is64Bit: boolean): Uint8Array {
  const bytes = Uint8Array.from({ length: 15 }, () => random.below(256));
  const prefix = PREFIXES[random.below(PREFIXES.length)] ?? [];
  const rex = is64Bit && random.below(2) ? [0x40 | random.below(16)] : [];
  const lock = random.below(32) === 0 ? [0xf0] : [];
  const start = [...lock, ...prefix, ...rex, ...(OPCODE_STARTS[random.below(OPCODE_STARTS.length)] ?? [])];
  bytes.set(start);
  // Half of them with registers, the others with a base and a displacement of a byte.
  const modrm = start.length + 1;
  bytes[modrm] = ((random.below(2) ? 0xc0 : 0x40) | ((bytes[modrm] ?? 0) & 0x3f)) & 0xff;
  return bytes;
}

/** Memory is addressed so that it can be aimed at: a base other than the stack pointer, and an index that is not the base. */
function canBeAimed({ isMemory, base, index, addressSize, is64Bit }: DecodedInstruction, text: string): boolean {
  if (/\b(cs|ds|es|ss|fs|gs)\b/.test(text)) return false;
  if (!isMemory) return true;
  return base >= 0 && base !== 4 && index !== base && index !== 4 && addressSize === (is64Bit ? 64 : 32);
}

/** Up to `perForm` instructions of each row in each of its forms: register or memory, operand size, repeated or locked. */
export function sampleInstructions(is64Bit: boolean, perForm: number, tries: number): SampledInstruction[] {
  const random = new Random(is64Bit ? 64 : 32);
  const decoder = new X86Decoder(is64Bit);
  const taken = new Map<string, number>();
  const samples: SampledInstruction[] = [];
  for (let count = 0; count < tries; count++) {
    const bytes = candidate(random, is64Bit);
    if (decoder.decode(bytes, 0) !== 'decoded') continue;
    const { instruction } = decoder;
    if (!isRun(instruction.row)) continue;
    const form = `${instruction.row} ${instruction.isMemory} ${instruction.operandSize} ${instruction.repeat} ${instruction.lock} ${instruction.hasRex}`;
    const found = taken.get(form) ?? 0;
    if (found >= perForm) continue;
    const mnemonic = mnemonicText(instruction);
    const text = `${mnemonic} ${operandsText(instruction, 0n)}`.trim();
    if (LEFT_OUT.test(mnemonic.replace(PREFIX_WORDS, '')) || /^data16 leave|^nop/.test(mnemonic) || !canBeAimed(instruction, text))
      continue;
    taken.set(form, found + 1);
    samples.push({ code: bytes.slice(0, instruction.length), mnemonic, text, row: instruction.row });
  }
  return samples;
}
