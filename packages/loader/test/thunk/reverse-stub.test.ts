// Marshalling code of reverse thunks, run for 2,000 signatures.
import { transitionRecord } from '@ijw/loader';
import type { Architecture } from '@ijw/machine';
import { type AbiType, type CallShape, placeCall } from '@ijw/marshalling';
import { describe, expect, it } from 'vitest';
import { reverseStubWriter } from '../../src/thunk/platform/write-reverse-stub.ts';
import { stepArm64 } from './arm64-interpreter.ts';
import { type ExpectedCall, expectedArm64, expectedX64, expectedX86 } from './expected-places.ts';
import { Machine } from './machine.ts';
import { runX86 } from './x86-interpreter.ts';

const CODE = 0x10000;
const DATA = CODE + 0x4000;
/** At the first instruction: a multiple of 16 before the caller pushed the return address. */
const STACKS: Readonly<Record<Architecture, number>> = { x86: 0x7ffffc, x64: 0x7ffff8, arm64: 0x800000 };
const STACK_WORDS = 2000;

interface Abi {
  readonly architecture: Architecture;
  readonly convention: CallShape['convention'];
  readonly variadic?: boolean;
  readonly expected: (shape: CallShape) => ExpectedCall;
}

const ABIS: Readonly<Record<string, Abi>> = {
  x64: { architecture: 'x64', convention: 'cdecl', expected: expectedX64 },
  'x64 members': { architecture: 'x64', convention: 'thiscall', expected: expectedX64 },
  'x64 variadic': { architecture: 'x64', convention: 'cdecl', variadic: true, expected: expectedX64 },
  'x86 cdecl': { architecture: 'x86', convention: 'cdecl', expected: expectedX86 },
  'x86 stdcall': { architecture: 'x86', convention: 'stdcall', expected: expectedX86 },
  'x86 thiscall': { architecture: 'x86', convention: 'thiscall', expected: expectedX86 },
  'x86 fastcall': { architecture: 'x86', convention: 'fastcall', expected: expectedX86 },
  arm64: { architecture: 'arm64', convention: 'cdecl', expected: expectedArm64 },
  'arm64 members': { architecture: 'arm64', convention: 'thiscall', expected: expectedArm64 },
  'arm64 variadic': { architecture: 'arm64', convention: 'cdecl', variadic: true, expected: expectedArm64 },
};

/** Numbers that are the same in every run (a linear congruential generator). */
function generator(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

function anyType(next: (limit: number) => number): AbiType {
  const kind = next(5);
  if (kind < 2) return { kind: 'integer', size: ([1, 2, 4, 8] as const)[next(4)]!, signed: next(2) === 1 };
  if (kind === 2) return { kind: 'float', size: ([4, 8] as const)[next(2)]! };
  if (kind === 3) return { kind: 'aggregate', size: 1 + next(90), alignment: 1 };
  const elementSize = ([4, 8] as const)[next(2)]!;
  const count = 1 + next(4);
  return { kind: 'aggregate', size: elementSize * count, alignment: elementSize, homogeneous: { elementSize, count } };
}

function anyShape(next: (limit: number) => number, { architecture, convention, variadic = false }: Abi): CallShape {
  const memberFunction = convention === 'thiscall';
  const self: AbiType = { kind: 'integer', size: architecture === 'x86' ? 4 : 8, signed: false };
  const parameters = Array.from({ length: next(14) }, () => anyType(next));
  const result: AbiType = next(5) === 0 ? { kind: 'void' } : anyType(next);
  return { convention, memberFunction, variadic, parameters: memberFunction ? [self, ...parameters] : parameters, result };
}

const REGISTERS: Readonly<Record<Architecture, readonly string[]>> = {
  x86: ['eax', 'ecx', 'edx', 'ebp', 'esi', 'edi'],
  x64: ['rax', 'rcx', 'rdx', 'r8', 'r9', 'r10', 'rbp', 'xmm0', 'xmm1', 'xmm2', 'xmm3'],
  arm64: [...Array.from({ length: 31 }, (_, at) => `x${at}`), ...Array.from({ length: 8 }, (_, at) => `v${at}`)],
};
const PRESERVED: Readonly<Record<Architecture, readonly string[]>> = {
  x86: ['ebp', 'esi', 'edi'],
  x64: ['rbp'],
  arm64: ['x29', 'x30'],
};
const RECORD_REGISTER: Readonly<Record<Architecture, string>> = { x86: 'ecx', x64: 'rcx', arm64: 'x0' };
const IDENTITY: Readonly<Record<Architecture, string>> = { x86: 'eax', x64: 'r10', arm64: 'x12' };
const STACK_POINTER: Readonly<Record<Architecture, string>> = { x86: 'esp', x64: 'rsp', arm64: 'sp' };

/** Runs the thunk of a shape with a symbol in every register and stack word, and checks the record, the result and the stack. */
function check({ architecture, expected }: Abi, shape: CallShape): void {
  const pointerSize = architecture === 'x86' ? 4 : 8;
  const entry = STACKS[architecture];
  const placement = placeCall(architecture, shape);
  const record = transitionRecord(placement, pointerSize);
  const stub = { placement, record, variadic: shape.variadic };
  const code = reverseStubWriter(architecture, stub)!(stub, CODE, DATA);
  const wanted = expected(shape);
  const machine = new Machine();
  for (const register of REGISTERS[architecture]) machine.set(register, register);
  machine.set(STACK_POINTER[architecture], entry);
  const returnAddress = architecture === 'arm64' ? 0 : pointerSize;
  if (returnAddress) machine.write(entry, 'return', pointerSize);
  const base = entry + returnAddress;
  for (let word = 0; word < STACK_WORDS; word++) machine.write(base + word * pointerSize, `s${word * pointerSize}`, pointerSize);
  machine.write(DATA, 'gate', pointerSize);

  machine.onCall = () => {
    const at = machine.number(RECORD_REGISTER[architecture]);
    expect(machine.number(STACK_POINTER[architecture]) % (architecture === 'x86' ? 4 : 16)).toBe(0);
    expect(machine.read(at, pointerSize)).toBe(IDENTITY[architecture]);
    for (const [index, pieces] of wanted.parameters.entries()) {
      for (const [offset, symbol] of pieces) {
        expect(machine.read(at + record.arguments[index]! + offset, pointerSize), `argument ${index} at ${offset}`).toBe(symbol);
      }
    }
    if (wanted.buffer) expect(machine.read(at + record.returnBuffer, pointerSize)).toBe(wanted.buffer);
    const homes = architecture === 'arm64' && shape.variadic ? 64 : 0;
    expect(machine.read(at + record.argumentBase, pointerSize)).toBe(base - homes);
    if (homes) for (let word = 0; word < 8; word++) expect(machine.read(base - homes + word * 8, 8)).toBe(`x${word}`);
    for (let offset = 0; offset < 32; offset += 4) machine.write(at + record.result + offset, `result${offset}`, pointerSize);
  };
  let popped = 0;
  if (architecture === 'arm64') {
    const view = new DataView(code.buffer, code.byteOffset);
    for (machine.ip = CODE; !machine.returned; machine.ip += 4) stepArm64(machine, view.getUint32(machine.ip - CODE, true));
  } else popped = runX86(machine, architecture === 'x64' ? 64 : 32, code, CODE).popped;

  expect(machine.calls).toEqual(['gate']);
  expect(popped).toBe(wanted.pops);
  expect(machine.number(STACK_POINTER[architecture])).toBe(entry + returnAddress + wanted.pops);
  for (const register of PRESERVED[architecture]) expect(machine.registers.get(register)).toBe(register);
  for (const [offset, register] of wanted.result) expect(machine.registers.get(register)).toBe(`result${offset}`);
  const returned = { x86: 'eax', x64: 'rax', arm64: shape.memberFunction ? 'x0' : undefined }[architecture];
  if (wanted.buffer && returned) expect(machine.registers.get(returned)).toBe(wanted.buffer);
}

describe.each(Object.entries(ABIS))('reverse thunks of %s', (_name, abi) => {
  it('2,000 signatures: every argument arrives, the result returns, the stack is balanced', { timeout: 60_000 }, () => {
    const next = generator(0x1234567);
    for (let count = 0; count < 2000; count++) {
      const shape = anyShape(next, abi);
      try {
        check(abi, shape);
      } catch (error) {
        throw new Error(`Signature ${count}: ${JSON.stringify(shape)}`, { cause: error });
      }
    }
  });
});
