import type { NativeRun } from '../processor/native-run.ts';
import { UnknownInstruction } from '../processor/unknown-instruction.ts';
import { arithmetic, condition, step, truncate, type Width } from './x86-flags.ts';
import { sse, x87 } from './x86-floating-point.ts';
import { Instruction, type Operand } from './x86-instruction.ts';
import type { X86State } from './x86-state.ts';

type Handler = (instruction: Instruction, opcode: number) => void;

/** From the first opcode to the last, one handler. */
type HandlerRange = readonly [first: number, last: number, handler: Handler];

const byteOrFull = (instruction: Instruction, opcode: number): Width => (opcode & 1 ? instruction.width : 8);
/** PUSH, POP, near CALL and JMP are of the pointer's width without a prefix. */
const jump = ({ state }: Instruction, target: bigint): void => {
  state.ip = Number(truncate(target, state.pointerWidth));
};

function alu(instruction: Instruction, opcode: number): void {
  const form = opcode & 7;
  const width = byteOrFull(instruction, form);
  if (form >= 4) {
    const value = truncate(form === 4 ? instruction.immediate(8) : instruction.immediateZ(), width);
    combine(instruction, { register: 0 }, opcode >> 3, value, width);
    return;
  }
  const { reg, operand } = instruction.modrm();
  const [target, source]: [Operand, Operand] = form < 2 ? [operand, { register: reg }] : [{ register: reg }, operand];
  combine(instruction, target, opcode >> 3, instruction.get(source, width), width);
}

/** CMP, the seventh, keeps only the flags. */
function combine(instruction: Instruction, target: Operand, operation: number, value: bigint, width: Width): void {
  const result = arithmetic(operation, instruction.get(target, width), value, width, instruction.state.flags);
  if (operation !== 7) instruction.set(target, result, width);
}

/** 80, 81 and 83: the same operations with an immediate. */
function aluImmediate(instruction: Instruction, opcode: number): void {
  const width = byteOrFull(instruction, opcode);
  instruction.pendingImmediate = opcode === 0x81 ? (instruction.operandSize16 ? 2 : 4) : 1;
  const { reg, operand } = instruction.modrm();
  const value = truncate(opcode === 0x81 ? instruction.immediateZ() : instruction.immediate(8), width);
  combine(instruction, operand, reg & 7, value, width);
}

function testOperands(instruction: Instruction, opcode: number): void {
  const width = byteOrFull(instruction, opcode);
  const { reg, operand } = instruction.modrm();
  arithmetic(4, instruction.get(operand, width), instruction.get({ register: reg }, width), width, instruction.state.flags);
}

function moveOperands(instruction: Instruction, opcode: number): void {
  const width = byteOrFull(instruction, opcode);
  const { reg, operand } = instruction.modrm();
  const register = { register: reg };
  if (opcode < 0x8a) instruction.set(operand, instruction.get(register, width), width);
  else instruction.set(register, instruction.get(operand, width), width);
}

function moveImmediate(instruction: Instruction, opcode: number): void {
  const width = byteOrFull(instruction, opcode);
  instruction.pendingImmediate = width === 8 ? 1 : width === 16 ? 2 : 4;
  const { operand } = instruction.modrm();
  instruction.set(operand, width === 8 ? instruction.immediate(8) : instruction.immediateZ(), width);
}

function moveRegisterImmediate(instruction: Instruction, opcode: number): void {
  const width = opcode < 0xb8 ? 8 : instruction.width;
  instruction.set({ register: (opcode & 7) | ((instruction.rex & 1) << 3) }, instruction.immediate(width), width);
}

/** A0 to A3: the accumulator and an absolute address of pointer width. */
function moveOffset(instruction: Instruction, opcode: number): void {
  const width = byteOrFull(instruction, opcode);
  const address = truncate(instruction.immediate(instruction.state.pointerWidth), instruction.state.pointerWidth);
  const accumulator = { register: 0 };
  if (opcode < 0xa2) instruction.set(accumulator, instruction.get({ address }, width), width);
  else instruction.set({ address }, instruction.get(accumulator, width), width);
}

function loadAddress(instruction: Instruction): void {
  const { reg, operand } = instruction.modrm();
  if (!('address' in operand)) throw new UnknownInstruction();
  instruction.set({ register: reg }, operand.address, instruction.width);
}

const stackRegister = (instruction: Instruction, opcode: number): number => (opcode & 7) | ((instruction.rex & 1) << 3);

function incrementRegister(instruction: Instruction, opcode: number): void {
  const register = { register: opcode & 7 };
  const { flags } = instruction.state;
  instruction.set(
    register,
    step(instruction.get(register, instruction.width), opcode < 0x48 ? 1n : -1n, instruction.width, flags),
    instruction.width,
  );
}

function branch(instruction: Instruction, code: number, displacement: bigint): void {
  const taken = condition(code, instruction.state.flags);
  if (taken === undefined) throw new UnknownInstruction();
  if (taken) jump(instruction, BigInt(instruction.state.ip) + displacement);
}

function callRelative(instruction: Instruction): void {
  const displacement = instruction.immediate(32);
  instruction.state.push(BigInt(instruction.state.ip));
  jump(instruction, BigInt(instruction.state.ip) + displacement);
}

function returnNear(instruction: Instruction, opcode: number): void {
  const popped = opcode === 0xc2 ? truncate(instruction.immediate(16), 16) : 0n;
  jump(instruction, instruction.state.pop());
  instruction.state.registers[4] = instruction.state.registers[4]! + popped;
}

/** F6 and F7: TEST, NOT and NEG. */
function unary(instruction: Instruction, opcode: number): void {
  const width = byteOrFull(instruction, opcode);
  const { reg, operand } = instruction.modrm();
  const value = instruction.get(operand, width);
  const { flags } = instruction.state;
  if ((reg & 7) === 2) instruction.set(operand, ~value, width);
  else if ((reg & 7) === 3) instruction.set(operand, arithmetic(5, 0n, value, width, flags), width);
  else throw new UnknownInstruction();
}

function testAccumulator(instruction: Instruction, opcode: number): void {
  const width = byteOrFull(instruction, opcode);
  const value = truncate(width === 8 ? instruction.immediate(8) : instruction.immediateZ(), width);
  arithmetic(4, instruction.get({ register: 0 }, width), value, width, instruction.state.flags);
}

/** No argument needs a longer block. */
const STRING_LIMIT = 0x10000n;
const INDIRECT = { call: 2, jump: 4, push: 6 } as const;

/** 0F: what compilers put into small functions. */
function extended(instruction: Instruction): void {
  const opcode = instruction.u8();
  const { state } = instruction;
  if (sse(instruction, opcode)) return;
  if (opcode >= 0x80 && opcode <= 0x8f) {
    branch(instruction, opcode & 15, instruction.immediate(32));
    return;
  }
  const { reg, operand } = instruction.modrm();
  if (opcode === 0x1e || opcode === 0x1f) return;
  if (opcode >= 0x90 && opcode <= 0x9f) {
    const value = condition(opcode & 15, state.flags);
    if (value === undefined) throw new UnknownInstruction();
    instruction.set(operand, value ? 1n : 0n, 8);
    return;
  }
  if ((opcode & 0xf6) !== 0xb6) throw new UnknownInstruction();
  const from: Width = opcode & 1 ? 16 : 8;
  const value = instruction.get(operand, from);
  instruction.set({ register: reg }, opcode & 8 ? BigInt.asIntN(from, value) : value, instruction.width);
}

function signExtend32(instruction: Instruction): void {
  if (!instruction.state.is64Bit) throw new UnknownInstruction();
  const { reg, operand } = instruction.modrm();
  instruction.set({ register: reg }, BigInt.asIntN(32, instruction.get(operand, 32)), instruction.width);
}

/** MOVS of words of the operand's width, one or, with a prefix, as many as CX says. */
function moveString(instruction: Instruction, opcode: number): void {
  const { state, mandatoryPrefix } = instruction;
  const width = byteOrFull(instruction, opcode);
  const [cx, si, di] = [1, 6, 7];
  const step = BigInt(width / 8);
  let left = mandatoryPrefix === undefined ? 1n : state.registers[cx]!;
  if (left > STRING_LIMIT) throw new UnknownInstruction();
  const repetitions = Math.max(1, Number(left));
  for (; left > 0n; left--) {
    state.write(state.registers[di]!, state.read(state.registers[si]!, width), width);
    state.registers[si] = truncate(state.registers[si]! + step, state.pointerWidth);
    state.registers[di] = truncate(state.registers[di]! + step, state.pointerWidth);
  }
  if (mandatoryPrefix !== undefined) state.registers[cx] = 0n;
  instruction.steps = repetitions;
}

const HANDLERS: readonly HandlerRange[] = [
  [0x0f, 0x0f, extended],
  [0x00, 0x3d, (instruction, opcode) => ((opcode & 7) > 5 ? unknown() : alu(instruction, opcode))],
  [0x40, 0x4f, incrementRegister],
  [0x50, 0x57, (instruction, opcode) => instruction.state.push(instruction.state.registers[stackRegister(instruction, opcode)]!)],
  [
    0x58,
    0x5f,
    (instruction, opcode) => {
      const value = instruction.state.pop();
      instruction.state.registers[stackRegister(instruction, opcode)] = value;
    },
  ],
  [0x63, 0x63, signExtend32],
  [0x68, 0x68, (instruction) => instruction.state.push(instruction.immediate(32))],
  [0x6a, 0x6a, (instruction) => instruction.state.push(instruction.immediate(8))],
  [0x70, 0x7f, (instruction, opcode) => branch(instruction, opcode & 15, instruction.immediate(8))],
  [0x80, 0x81, aluImmediate],
  [0x83, 0x83, aluImmediate],
  [0x84, 0x85, testOperands],
  [0x88, 0x8b, moveOperands],
  [0x8d, 0x8d, loadAddress],
  [0x90, 0x90, () => undefined],
  [0xa0, 0xa3, moveOffset],
  [0xa4, 0xa5, moveString],
  [0xa8, 0xa9, testAccumulator],
  [0xb0, 0xbf, moveRegisterImmediate],
  [0xc2, 0xc3, returnNear],
  [0xc6, 0xc7, moveImmediate],
  [
    0xc9,
    0xc9,
    ({ state }) => {
      state.registers[4] = state.registers[5]!;
      state.registers[5] = state.pop();
    },
  ],
  [0xd8, 0xdf, x87],
  [0xe8, 0xe8, callRelative],
  [0xe9, 0xe9, (instruction) => jumpRelative(instruction, 32)],
  [0xeb, 0xeb, (instruction) => jumpRelative(instruction, 8)],
  [0xf6, 0xf7, unary],
];

const unknown = (): never => {
  throw new UnknownInstruction();
};

function jumpRelative(instruction: Instruction, width: 8 | 32): void {
  const displacement = instruction.immediate(width);
  jump(instruction, BigInt(instruction.state.ip) + displacement);
}

/** FE and FF: INC, DEC, and CALL, JMP and PUSH of what an operand holds. A slot of a delayed import holds what its helper would put there. */
function group5(instruction: Instruction, opcode: number, run: Pick<NativeRun, 'delayedTarget'>): void {
  const { state } = instruction;
  const { reg, operand } = instruction.modrm();
  const which = reg & 7;
  const width = byteOrFull(instruction, opcode);
  if (which < 2) {
    instruction.set(operand, step(instruction.get(operand, width), which === 0 ? 1n : -1n, width, state.flags), width);
    return;
  }
  if (opcode === 0xfe) throw new UnknownInstruction();
  const delayed = 'address' in operand ? run.delayedTarget(Number(operand.address)) : undefined;
  const value = delayed === undefined ? instruction.get(operand, state.pointerWidth) : BigInt(delayed);
  if (which === INDIRECT.call) state.push(BigInt(state.ip));
  if (which === INDIRECT.call || which === INDIRECT.jump) jump(instruction, value);
  else if (which === INDIRECT.push) state.push(value);
  else throw new UnknownInstruction();
}

const HANDLER_BY_OPCODE: readonly (Handler | undefined)[] = Array.from(
  { length: 256 },
  (_, opcode) => HANDLERS.find(([first, last]) => opcode >= first && opcode <= last)?.[2],
);

/** One instruction. @throws NativeFault, UnknownInstruction */
export function executeX86(state: X86State, run: Pick<NativeRun, 'delayedTarget'>): number {
  const instruction = new Instruction(state);
  const opcode = instruction.opcode();
  const handler = HANDLER_BY_OPCODE[opcode];
  if (opcode === 0xfe || opcode === 0xff) group5(instruction, opcode, run);
  else if (handler) handler(instruction, opcode);
  else throw new UnknownInstruction();
  return instruction.steps;
}
