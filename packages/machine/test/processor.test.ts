// The processors of a process: code that runs until it returns, faults, unknown instructions, gates, jumps through slots.

import {
  AddressSpace,
  type Architecture,
  architectureOf,
  CodeWriter,
  jumpSlot,
  NativeFault,
  PageRights,
  type Processor,
  processorFor,
  readPointer,
  UnknownInstruction,
  writePointer,
} from '@ijw/machine';
import { describe, expect, it } from 'vitest';

const CODE = 0x200000;
const DATA = 0x210000;
const STACK = 0x220000;
const RETURN = 0x7000;

const CASES = [
  {
    architecture: 'x86',
    result: 'eax',
    add: [0x8b, 0x44, 0x24, 4, 0x03, 0x44, 0x24, 8, 0xc3], // mov eax, [esp+4]; add eax, [esp+8]; ret
    store: [0xa3, ...le32(CODE), 0xc3], // mov [CODE], eax
    unknown: [0xc5, 0xf8, 0x77], // vzeroupper
    jump: [0xff, 0x25, ...le32(DATA)], // jmp [DATA]
  },
  {
    architecture: 'x64',
    result: 'rax',
    add: [0x89, 0xc8, 0x01, 0xd0, 0xc3], // mov eax, ecx; add eax, edx; ret
    store: [0x89, 0x05, ...le32(-6), 0xc3], // mov [rip-6], eax: its own code
    unknown: [0xc5, 0xf8, 0x77],
    jump: [0xff, 0x25, ...le32(DATA - CODE - 6)],
  },
  {
    architecture: 'arm64',
    result: 'x0',
    add: words(0x0b010000, 0xd65f03c0), // add w0, w0, w1; ret
    store: words(0x10000000, 0xf9000000, 0xd65f03c0), // adr x0, #0; str x0, [x0]
    unknown: words(0xdac10020), // pacia x0, x1
    jump: words(0x90000090, 0xf9400210, 0xd61f0200), // adrp x16, DATA; ldr x16, [x16]; br x16
  },
] as const;

function le32(value: number): number[] {
  return [0, 8, 16, 24].map((shift) => (value >> shift) & 0xff);
}

function words(...values: readonly number[]): number[] {
  return values.flatMap(le32);
}

interface Scene {
  readonly memory: AddressSpace;
  readonly processor: Processor;
}

function scene(architecture: Architecture, code: readonly number[]): Scene {
  const model = processorFor(architecture);
  const memory = new AddressSpace({ addressLimit: model.addressLimit });
  for (const base of [CODE, DATA, STACK]) {
    memory.reserve(0x1000, base);
    memory.commit(base, 0x1000, PageRights.readWrite);
  }
  memory.write(CODE, Uint8Array.from(code));
  memory.protect(CODE, 0x1000, PageRights.readExecute);
  const processor = model.create(memory, STACK + 0x800);
  processor.linkReturn(RETURN);
  processor.ip = CODE;
  return { memory, processor };
}

/** Passes 40 and 2 as the architecture's C code does. */
function passArguments({ memory, processor }: Scene, architecture: Architecture): void {
  if (architecture === 'x86')
    for (const [index, value] of [40, 2].entries()) memory.writeU32(processor.stackPointer + 4 + index * 4, value);
  else
    for (const [index, register] of (architecture === 'x64' ? ['rcx', 'rdx'] : ['x0', 'x1']).entries())
      processor.set(register, [40n, 2n][index]!);
}

describe.each(CASES)('a processor of $architecture', ({ architecture, result, add, store, unknown, jump }) => {
  const model = processorFor(architecture);

  it('runs code until it returns', () => {
    const at = scene(architecture, add);
    passArguments(at, architecture);
    for (let steps = 0; at.processor.ip !== RETURN && steps < 10; steps++) at.processor.step();
    expect(at.processor.ip).toBe(RETURN);
    expect(at.processor.get(result)).toBe(42n);
    expect(at.processor.stackPointer).toBe(STACK + 0x800);
  });

  it('does not write into code', () => {
    const { processor } = scene(architecture, store);
    expect(() => {
      for (let steps = 0; steps < 3; steps++) processor.step();
    }).toThrow(NativeFault);
  });

  it('stops at an instruction that it does not know', () => {
    expect(() => scene(architecture, unknown).processor.step()).toThrow(UnknownInstruction);
  });

  it('does not run a gate, each of which has its own bytes', () => {
    expect(() => scene(architecture, [...model.gate(7)]).processor.step()).toThrow(UnknownInstruction);
    expect(model.gate(7)).toHaveLength(16);
    expect(model.gate(7)).not.toEqual(model.gate(8));
  });

  it('finds the slot that code jumps through', () => {
    expect(jumpSlot(model, scene(architecture, jump).memory, CODE)).toBe(DATA);
    expect(jumpSlot(model, scene(architecture, add).memory, CODE)).toBeUndefined();
  });

  it('has pointers of its size', () => {
    const { memory } = scene(architecture, add);
    expect(writePointer(memory, DATA, 0x1234_5678, model.pointerSize)).toBeUndefined();
    expect(readPointer(memory, DATA, model.pointerSize)).toBe(0x1234_5678n);
    expect(readPointer(memory, 0, model.pointerSize)).toMatchObject({ kind: 'fault', access: 'read' });
  });
});

it('a process has the architecture of a machine that mixed images exist for', () => {
  expect(['i386', 'amd64', 'arm64', 'riscv64'].map(architectureOf)).toEqual(['x86', 'x64', 'arm64', undefined]);
});

it('displacements are relative to their own end', () => {
  expect([...new CodeWriter().op(0xe8).relative32(0x1000, 0x1010).toBytes()]).toEqual([0xe8, 0x0b, 0, 0, 0]);
});
