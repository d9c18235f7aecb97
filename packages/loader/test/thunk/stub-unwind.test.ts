// Unwind information of generated stubs, read back.
import { buildMixedImage } from '@ijw/fixtures';
import { Loader, transitionRecord } from '@ijw/loader';
import type { Architecture } from '@ijw/machine';
import { type AbiType, type CallShape, placeCall } from '@ijw/marshalling';
import { Machine, PEImage } from '@ijw/pe';
import { PEBuilder } from '@ijw/pe/builder';
import { readArm64UnwindInfo, readX64UnwindInfo } from '@ijw/pe/exceptions';
import { Decoder, Mnemonic, Register } from 'iced-x86';
import { describe, expect, it } from 'vitest';
import type { ReverseStub } from '../../src/thunk/frame/reverse-stub.ts';
import { stubUnwind } from '../../src/thunk/platform/stub-unwind.ts';
import { reverseStubWriter } from '../../src/thunk/platform/write-reverse-stub.ts';

const INT: AbiType = { kind: 'integer', size: 8, signed: true };

/** Frames of a few words, of more than a page, and one that homes the registers of variable arguments. */
const SHAPES: readonly { readonly name: string; readonly parameters: number; readonly variadic: boolean }[] = [
  { name: 'two words', parameters: 2, variadic: false },
  { name: 'two pages', parameters: 1200, variadic: false },
  { name: 'exactly a page', parameters: 505, variadic: false },
  { name: 'variable arguments', parameters: 1, variadic: true },
];

function stubOf(architecture: Architecture, { parameters, variadic }: (typeof SHAPES)[number]): ReverseStub {
  const shape: CallShape = { convention: 'cdecl', memberFunction: false, variadic, parameters: Array(parameters).fill(INT), result: INT };
  const placement = placeCall(architecture, shape);
  return { placement, record: transitionRecord(placement, 8), variadic };
}

/** An image with the code and its unwind information, so that the directory's own reader reads them. */
function imageOf(machine: number, code: Uint8Array, unwind: Uint8Array) {
  const builder = new PEBuilder({ machine });
  const section = builder.addSection('.text');
  const [codePart, unwindPart] = [section.add(code), section.add(unwind)];
  const plan = builder.layout();
  const begin = plan.rvaOf(codePart);
  return { image: PEImage.parse(builder.build()), entry: { begin, end: begin + code.length, unwindData: plan.rvaOf(unwindPart) } };
}

describe.each(SHAPES)('the unwind information of a stub: $name', (shape) => {
  it('x64: each operation is where its instruction ends', () => {
    const stub = stubOf('x64', shape);
    const code = reverseStubWriter('x64', stub)!(stub, 0, 0x10000);
    const { image, entry } = imageOf(Machine.AMD64, code, stubUnwind('x64', stub, code.length)!);
    const info = readX64UnwindInfo(image, entry);
    expect(info).toMatchObject({ version: 1, flags: 0, frameRegister: 5, frameOffset: 0 });
    expect(info.operations).toEqual(x64Operations(code, info.sizeOfPrologue));
  });

  it('arm64: the prologue has one code for each instruction, the epilogue is the end', () => {
    const stub = stubOf('arm64', shape);
    const code = reverseStubWriter('arm64', stub)!(stub, 0, 0x4000);
    const { image, entry } = imageOf(Machine.ARM64, code, stubUnwind('arm64', stub, code.length)!);
    const info = readArm64UnwindInfo(image, entry);
    const words = new Uint32Array(code.slice().buffer);
    expect(info.functionLength).toBe(code.length);
    // The first instruction behind the prologue stores the method's identity: str x12, [sp].
    const codes = info.prologue.filter((operation) => operation.code !== 'end');
    expect(codes).toHaveLength(words.indexOf(0xf90003ec));
    const allocated = codes.reduce((sum, operation) => sum + (operation.code === 'alloc' ? operation.size : 0), 0);
    expect(allocated).toBe(stub.record.size + (shape.variadic ? 64 : 0));
    const epilogue = info.epilogues[0]!.operations.filter((operation) => operation.code !== 'end').map(({ code: name }) => name);
    expect(epilogue).toEqual(['set_fp', 'save_fplr_x', ...(shape.variadic ? ['alloc'] : [])]);
    // mov sp, x29 is the first of them, and `ret` the last instruction.
    expect(words.at(-1 - epilogue.length)).toBe(0x910003bf);
  });
});

/** What the prologue's instructions say, read by an independent decoder. */
function x64Operations(code: Uint8Array, end: number): object[] {
  const decoder = new Decoder(64, code.subarray(0, end), 0);
  const operations: object[] = [];
  while (decoder.canDecode) {
    const at = decoder.decode();
    const codeOffset = Number(at.nextIP);
    if (at.mnemonic === Mnemonic.Push)
      operations.unshift({ operation: 'pushNonvolatile', codeOffset, register: at.op0Register - Register.RAX });
    else if (at.mnemonic === Mnemonic.Mov) operations.unshift({ operation: 'setFramePointer', codeOffset });
    else if (at.mnemonic === Mnemonic.Sub) operations.unshift({ operation: 'allocate', codeOffset, size: Number(at.immediate(1)) });
    else expect(at.mnemonic).toBe(Mnemonic.Or);
    at.free();
  }
  decoder.free();
  return operations;
}

it.each(['x86', 'x64', 'arm64'] as const)(
  '%s: stands behind the code of a slot that is called, where the processor has it',
  (architecture) => {
    const type = architecture === 'x86' ? 5 : 6;
    const { bytes } = buildMixedImage({ architecture, host: 'ijwhost.dll', records: [{ type, slots: ['Add'] }] });
    const loader = new Loader({ host: 'core' });
    const [slot] = loader.load(bytes, { path: 'mixed.dll' }).module!.slots;
    const stub = slot!.content.kind === 'reverse' ? slot!.content.stub : undefined;
    if (stub?.kind !== 'stub') throw new Error('no stub');
    expect(stub.unwind === undefined).toBe(architecture === 'x86');
    if (!stub.unwind) return;
    expect(stub.unwind.address % 4).toBe(0);
    expect(stub.unwind.address - stub.address - stub.size).toBeLessThan(4);
    expect(loader.process!.memory.fetch(stub.unwind.address, stub.unwind.size)).toEqual(stub.unwindBytes);
  },
);
