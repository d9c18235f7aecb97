import type { AddressSpace } from '../address-space.ts';
import { isFault } from '../fault.ts';
import type { NativeStep } from '../processor/native-step.ts';

/** The longest pattern below. */
const WINDOW = 12;

interface Code {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly is64Bit: boolean;
}

/** An instruction by its first bytes; `undefined` in the pattern stands for any byte. `length` is the whole instruction. */
interface Pattern {
  readonly bytes: readonly (number | undefined)[];
  readonly length: number;
  readonly only?: 32 | 64;
  readonly step: (code: Code, next: number) => NativeStep;
}

const relative =
  (at: number, size: 1 | 4) =>
  (code: Code, next: number): number =>
    next + (size === 1 ? code.view.getInt8(at) : code.view.getInt32(at, true));
/** `[disp32]` is absolute on x86 and relative to the next instruction on x64. */
const memoryOperand = (code: Code, next: number): number =>
  code.is64Bit ? next + code.view.getInt32(2, true) : code.view.getUint32(2, true);

/** Intel SDM volume 2: what linkers, compilers and ilasm put at an entry point. */
const PATTERNS: readonly Pattern[] = [
  { bytes: [0xff, 0x25], length: 6, step: (code, next) => ({ kind: 'jumpThrough', slot: memoryOperand(code, next) }) }, // jmp [mem]
  {
    bytes: [0x48, 0xa1, ...Array<undefined>(8).fill(undefined), 0xff, 0xe0], // mov rax, [abs64]; jmp rax
    length: 12,
    only: 64,
    step: (code) => ({ kind: 'jumpThrough', slot: Number(code.view.getBigUint64(2, true)) }),
  },
  {
    bytes: [0xa1, undefined, undefined, undefined, undefined, 0xff, 0xe0], // mov eax, [abs32]; jmp eax
    length: 7,
    only: 32,
    step: (code) => ({ kind: 'jumpThrough', slot: code.view.getUint32(1, true) }),
  },
  { bytes: [0xe9], length: 5, step: (code, next) => ({ kind: 'jump', target: relative(1, 4)(code, next) }) },
  { bytes: [0xeb], length: 2, step: (code, next) => ({ kind: 'jump', target: relative(1, 1)(code, next) }) },
];

function decode(memory: AddressSpace, address: number, is64Bit: boolean): NativeStep | undefined {
  const bytes = new Uint8Array(WINDOW);
  let length = 0;
  for (; length < WINDOW; length++) {
    const byte = memory.fetch(address + length, 1);
    if (isFault(byte)) break;
    bytes[length] = byte[0]!;
  }
  const code: Code = { address, bytes, view: new DataView(bytes.buffer), is64Bit };
  const found = PATTERNS.find((pattern) => matches(pattern, code, length));
  return found?.step(code, address + found.length);
}

const matches = (pattern: Pattern, code: Code, available: number): boolean =>
  pattern.length <= available &&
  (pattern.only === undefined || (pattern.only === 64) === code.is64Bit) &&
  pattern.bytes.every((byte, index) => byte === undefined || byte === code.bytes[index]);

export const decodeX86 = (memory: AddressSpace, address: number): NativeStep | undefined => decode(memory, address, false);
export const decodeX64 = (memory: AddressSpace, address: number): NativeStep | undefined => decode(memory, address, true);
