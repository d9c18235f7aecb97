// Intel SDM volume 2: JMP, CALL, MOV, LEA, PUSH, RET; the instructions that linkers, compilers and ilasm make jumps of.

import { Lazy } from '@ijw/binary';
import { type AddressTransfer, type JumpStub, LONGEST_PADDING, type StubOperand, type StubReader } from '../jump-stub.ts';
import { type DecodedInstruction, IP_REGISTER, NO_REGISTER, Segment } from './decoded-instruction.ts';
import { X86Decoder } from './decoder.ts';
import { operandsOf, operationOf } from './encodings.ts';
import { jumpDistance, x86Flow } from './flow.ts';
import { Place } from './operand-kind.ts';
import { generalRegisterName } from './text.ts';

const STACK_POINTER = 4;
const EDI = 7;

/** `[disp32]`, `[rip+disp32]` or `moffs`, without a segment of the thread. `start` is the distance of the instruction. */
function slotOf(instruction: DecodedInstruction, start: number): StubOperand | undefined {
  const { isMemory, base, index, segment, displacement, length, is64Bit } = instruction;
  if (!isMemory || index !== NO_REGISTER || segment >= Segment.fs) return undefined;
  if (base === IP_REGISTER) return { distance: start + length + displacement };
  if (base !== NO_REGISTER) return undefined;
  const isOffset = operandsOf(instruction.row).some(({ place }) => place === Place.memoryOffset);
  const high = is64Bit && isOffset ? BigInt(instruction.immediateHigh >>> 0) << 32n : 0n;
  return { absolute: high | BigInt(displacement >>> 0) };
}

/** A register that an instruction loads from a slot or sets to an address. */
interface LoadedRegister {
  readonly register: number;
  readonly name: string;
  readonly slot?: StubOperand;
  readonly value?: StubOperand;
  readonly isAddress?: true;
}

/** `mov reg, [slot]`, `mov reg, address`, `lea reg, [slot]`: in the size of an address. */
function loadedRegister(instruction: DecodedInstruction): LoadedRegister | undefined {
  const { row, is64Bit, operandSize, addressSize, immediate, immediateHigh } = instruction;
  const size = is64Bit ? 64 : 32;
  const [first, second] = operandsOf(row);
  if (operandSize !== size || addressSize !== size) return undefined;
  const operation = operationOf(row);
  if (operation !== 'mov' && operation !== 'lea') return undefined;
  const register = first?.place === Place.opcode ? instruction.opcodeRegister : first?.place === Place.fixed ? 0 : instruction.reg;
  const named = { register, name: generalRegisterName(register, size, true) };
  if (first?.place === Place.opcode && second?.place === Place.immediate)
    return { ...named, value: { absolute: (BigInt(is64Bit ? immediateHigh >>> 0 : 0) << 32n) | BigInt(immediate >>> 0) } };
  const isLoad = first?.place === Place.reg && second?.place === Place.rm;
  if (!isLoad && second?.place !== Place.memoryOffset && second?.place !== Place.rmMemory) return undefined;
  const slot = slotOf(instruction, 0);
  if (!slot) return undefined;
  return operation === 'lea' ? { ...named, slot, isAddress: true } : { ...named, slot };
}

/** NOP, ENDBR and what `-hotpatch` leaves: MOV EDI, EDI and LEA of the stack pointer into itself. */
function isPadding(instruction: DecodedInstruction): boolean {
  const { row, isMemory, reg, rm, base, index, displacement, opcodeRegister } = instruction;
  switch (operationOf(row)) {
    case 'nop':
    case 'endbr32':
    case 'endbr64':
      return true;
    case 'xchg':
      return operandsOf(row)[0]?.place === Place.opcode && opcodeRegister === 0;
    case 'mov':
      return operandsOf(row)[0]?.place === Place.reg && !isMemory && reg === EDI && rm === EDI && instruction.operandSize === 32;
    case 'lea':
      return reg === STACK_POINTER && base === STACK_POINTER && index === NO_REGISTER && displacement === 0;
    default:
      return false;
  }
}

/** Control-flow enforcement's `notrack`, the old memory protection extension's `bnd`, and the REX.W of a tail jump. */
function jumpPrefix({ is64Bit, w, repeat, segmentPrefix }: DecodedInstruction): string {
  return `${segmentPrefix === Segment.ds ? 'notrack ' : ''}${repeat === 0xf2 ? 'bnd ' : ''}${is64Bit && w ? 'rex.w ' : ''}jmp`;
}

/** Stubs and transfers of x86 or x64. */
export class X86StubReader implements StubReader {
  readonly #decoder: Lazy<X86Decoder>;

  constructor(is64Bit: boolean) {
    this.#decoder = new Lazy(() => new X86Decoder(is64Bit));
  }

  stub(code: Uint8Array, at: number): JumpStub | undefined {
    let padding = 0;
    if (!this.#decode(code, at)) return undefined;
    while (padding < LONGEST_PADDING && isPadding(this.#instruction)) {
      padding += this.#instruction.length;
      if (!this.#decode(code, at + padding)) return undefined;
    }
    const found = this.#jump(code, at + padding);
    return found && padding > 0 ? { ...found, padding } : found;
  }

  transfer(code: Uint8Array, at: number): AddressTransfer | undefined {
    if (!this.#decode(code, at)) return undefined;
    const instruction = this.#instruction;
    const flow = x86Flow(instruction);
    const distance = jumpDistance(instruction);
    if (distance !== undefined) return { kind: flow === 'call' ? 'call' : 'jump', target: { distance } };
    if (flow !== 'next' && flow !== 'indirectCall') return undefined;
    const slot = slotOf(instruction, 0);
    if (slot && flow === 'indirectCall') return { kind: 'indirectCall', slot, length: instruction.length };
    return slot && operationOf(instruction.row) === 'lea' && instruction.base === IP_REGISTER
      ? { kind: 'address', target: slot }
      : undefined;
  }

  get #instruction(): DecodedInstruction {
    return this.#decoder.value.instruction;
  }

  #decode(code: Uint8Array, at: number): boolean {
    return at < code.length && this.#decoder.value.decode(code, at) === 'decoded';
  }

  /** One jump, or two instructions that make one; the first is decoded. */
  #jump(code: Uint8Array, at: number): JumpStub | undefined {
    const instruction = this.#instruction;
    const { length } = instruction;
    const alone = { padding: 0, length, instructions: 1 };
    const flow = x86Flow(instruction);
    const distance = jumpDistance(instruction);
    if (flow === 'branch' && distance !== undefined) return { ...alone, kind: 'direct', target: { distance }, text: 'jmp %target' };
    const slot = flow === 'indirectBranch' ? slotOf(instruction, 0) : undefined;
    if (slot) return { ...alone, kind: 'indirect', slot, text: `${jumpPrefix(instruction)} [%slot]` };
    if (flow !== 'next') return undefined;
    const pushed = this.#pushed(instruction);
    if (pushed) return this.#returnTo(pushed, code, at, length);
    const loaded = loadedRegister(instruction);
    return loaded && this.#jumpBehind(loaded, code, at, length);
  }

  /** PUSH of an address, in 32-bit code. */
  #pushed({ row, is64Bit, operandSize, immediate }: DecodedInstruction): StubOperand | undefined {
    const isAddress = !is64Bit && operandSize === 32 && operationOf(row) === 'push' && operandsOf(row)[0]?.place === Place.immediate;
    return isAddress ? { absolute: BigInt(immediate >>> 0) } : undefined;
  }

  #returnTo(target: StubOperand, code: Uint8Array, at: number, length: number): JumpStub | undefined {
    if (!this.#decode(code, at + length) || this.#instruction.length !== 1 || x86Flow(this.#instruction) !== 'return') return undefined;
    return { kind: 'direct', padding: 0, length: length + 1, instructions: 2, target, text: 'push %target; ret' };
  }

  #jumpBehind(loaded: LoadedRegister, code: Uint8Array, at: number, before: number): JumpStub | undefined {
    if (!this.#decode(code, at + before)) return undefined;
    const instruction = this.#instruction;
    const place = { padding: 0, length: before + instruction.length, instructions: 2 };
    const { name, slot, value, isAddress } = loaded;
    const distance = jumpDistance(instruction);
    // The register names the slot of a delayed import: LEA on x64, MOV on x86.
    const delayed = isAddress ? slot : instruction.is64Bit ? undefined : value;
    if (distance !== undefined && delayed && x86Flow(instruction) === 'branch' && instruction.length === 5) {
      const text = isAddress ? `lea ${name},[%slot]; jmp %target` : `mov ${name},%slot; jmp %target`;
      return { kind: 'delayLoad', ...place, slot: delayed, target: { distance: before + distance }, text };
    }
    const goesThere = x86Flow(instruction) === 'indirectBranch' && !instruction.isMemory && instruction.rm === loaded.register;
    if (!goesThere || isAddress) return undefined;
    const jump = `${jumpPrefix(instruction)} ${name}`;
    if (value) return { kind: 'direct', ...place, target: value, text: `mov ${name},%target; ${jump}` };
    return slot && { kind: 'indirect', ...place, slot, text: `mov ${name},[%slot]; ${jump}` };
  }
}
