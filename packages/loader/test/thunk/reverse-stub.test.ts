// Marshalling code of reverse thunks, run by the processors of machine for 2,000 signatures.
import { transitionRecord } from '@ijw/loader';
import { AddressSpace, type Architecture, isFault, PageRights, type Processor, processorFor } from '@ijw/machine';
import { type AbiType, type CallShape, placeCall } from '@ijw/marshalling';
import { describe, expect, it } from 'vitest';
import { reverseStubWriter } from '../../src/thunk/platform/write-reverse-stub.ts';
import { type ExpectedCall, expectedArm64, expectedX64, expectedX86 } from './expected-places.ts';

const CODE = 0x200000;
const DATA = CODE + 0x4000;
const GATE = CODE + 0x8000;
const RETURN = CODE + 0x9000;
const STACK = 0x400000;
const STACK_SIZE = 0x20000;
const TOP = STACK + 0x10000;
/** At the first instruction: a multiple of 16 before the caller pushed the return address. */
const ENTRIES: Readonly<Record<Architecture, number>> = { x86: TOP - 4, x64: TOP - 8, arm64: TOP };
const STACK_WORDS = 2000;
const STEPS = 2000;

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

/** Memory and a processor for the thunks of an architecture. */
class Bench {
  readonly space: AddressSpace;
  readonly architecture: Architecture;
  readonly pointerSize: 4 | 8;

  constructor(architecture: Architecture) {
    const { addressLimit, pointerSize } = processorFor(architecture);
    this.architecture = architecture;
    this.pointerSize = pointerSize;
    this.space = new AddressSpace({ addressLimit });
    for (const [base, size] of [
      [CODE, 0x10000],
      [STACK, STACK_SIZE],
    ] as const) {
      this.space.reserve(size, base);
      this.space.commit(base, size, PageRights.readWrite);
    }
  }

  /** A processor before the first instruction of `code`. */
  start(code: Uint8Array, stackPointer: number): Processor {
    this.space.protect(CODE, 0x4000, PageRights.readWrite);
    this.space.write(CODE, code);
    this.space.protect(CODE, 0x4000, PageRights.readExecute);
    const processor = processorFor(this.architecture).create(this.space, stackPointer);
    processor.ip = CODE;
    return processor;
  }

  write(address: number, value: bigint): void {
    if (this.pointerSize === 8) this.space.writeU64(address, value);
    else this.space.writeU32(address, Number(BigInt.asUintN(32, value)));
  }

  read(address: number, size: number): bigint {
    const bytes = this.space.read(address, size);
    if (isFault(bytes)) throw new Error(`Nothing at ${address.toString(16)}`);
    return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);
  }
}

/** A value that only the register or stack word of this name holds; its halves differ. */
function markOf(symbol: string): bigint {
  let hash = 0x811c9dc5;
  for (const letter of symbol) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  return (BigInt(hash ^ 0x5a5a5a5a) << 32n) | BigInt(hash);
}
/** Registers of floating point may be stored by half of their low 64 bits. */
const sizeOf = (symbol: string, pointerSize: number): number => (/^(xmm|v)/.test(symbol) ? 4 : pointerSize);
const low = (value: bigint, size: number): bigint => BigInt.asUintN(size * 8, value);
/** Words of the result are floats with a whole part, so that x87 can load them. */
const resultWord = (offset: number): bigint => 0x40490000n + BigInt(offset) * 0x100n;
const scratch = new DataView(new ArrayBuffer(8));

/** The bits of `st0` behind a load of the first word, or of the first two. */
function loadedByX87(): bigint[] {
  scratch.setUint32(0, Number(resultWord(0)));
  scratch.setFloat64(0, scratch.getFloat32(0));
  return [scratch.getBigUint64(0), (resultWord(4) << 32n) | resultWord(0)];
}

/** Runs the thunk of a shape with its own value in every register and stack word, and checks the record, the result and the stack. */
function check({ expected }: Abi, shape: CallShape, bench: Bench): void {
  const { architecture, pointerSize } = bench;
  const entry = ENTRIES[architecture];
  const placement = placeCall(architecture, shape);
  const record = transitionRecord(placement, pointerSize);
  const stub = { placement, record, variadic: shape.variadic };
  const wanted = expected(shape);
  const processor = bench.start(reverseStubWriter(architecture, stub)!(stub, CODE, DATA), entry);
  const known = (register: string): bigint => low(markOf(register), /^(xmm|v)/.test(register) ? 8 : pointerSize);
  for (const register of REGISTERS[architecture]) processor.set(register, known(register));
  const returnAddress = architecture === 'arm64' ? 0 : pointerSize;
  if (returnAddress) bench.write(entry, BigInt(RETURN));
  else processor.set('x30', BigInt(RETURN));
  const base = entry + returnAddress;
  for (let word = 0; word < STACK_WORDS; word++) bench.write(base + word * pointerSize, markOf(`s${word * pointerSize}`));
  bench.write(DATA, BigInt(GATE));

  const atGate = (): void => {
    const at = Number(processor.get(RECORD_REGISTER[architecture]));
    const frame = processor.stackPointer + (architecture === 'arm64' ? 0 : pointerSize);
    expect(frame % (architecture === 'x86' ? 4 : 16)).toBe(0);
    expect(bench.read(at, pointerSize)).toBe(known(IDENTITY[architecture]));
    for (const [index, pieces] of wanted.parameters.entries()) {
      for (const [offset, symbol] of pieces) {
        const size = sizeOf(symbol, pointerSize);
        const value = bench.read(at + record.arguments[index]! + offset, size);
        expect(value, `argument ${index} at ${offset}`).toBe(low(markOf(symbol), size));
      }
    }
    if (wanted.buffer) expect(bench.read(at + record.returnBuffer, pointerSize)).toBe(low(markOf(wanted.buffer), pointerSize));
    const homes = architecture === 'arm64' && shape.variadic ? 64 : 0;
    expect(bench.read(at + record.argumentBase, pointerSize)).toBe(BigInt(base - homes));
    if (homes) for (let word = 0; word < 8; word++) expect(bench.read(base - homes + word * 8, 8)).toBe(markOf(`x${word}`));
    for (let offset = 0; offset < 32; offset += 4) bench.space.writeU32(at + record.result + offset, Number(resultWord(offset)));
  };
  let gates = 0;
  for (let step = 0; processor.ip !== RETURN; step++) {
    if (step > STEPS) throw new Error('The thunk does not return');
    if (processor.ip === GATE) {
      atGate();
      gates++;
      processor.leave(0);
    } else processor.step();
  }

  expect(gates).toBe(1);
  expect(processor.stackPointer).toBe(entry + returnAddress + wanted.pops);
  for (const register of PRESERVED[architecture])
    expect(processor.get(register)).toBe(register === 'x30' ? BigInt(RETURN) : known(register));
  for (const [offset, register] of wanted.result) {
    if (register === 'st0') expect(loadedByX87()).toContain(processor.get('st0'));
    else expect(low(processor.get(register), 4), register).toBe(resultWord(offset));
  }
  const returned = { x86: 'eax', x64: 'rax', arm64: shape.memberFunction ? 'x0' : undefined }[architecture];
  if (wanted.buffer && returned) expect(processor.get(returned)).toBe(low(markOf(wanted.buffer), pointerSize));
}

describe.each(Object.entries(ABIS))('reverse thunks of %s', (_name, abi) => {
  it('2,000 signatures: every argument arrives, the result returns, the stack is balanced', { timeout: 60_000 }, () => {
    const next = generator(0x1234567);
    const bench = new Bench(abi.architecture);
    for (let count = 0; count < 2000; count++) {
      const shape = anyShape(next, abi);
      try {
        check(abi, shape, bench);
      } catch (error) {
        throw new Error(`Signature ${count}: ${JSON.stringify(shape)}`, { cause: error });
      }
    }
  });
});
