// Stubs of x86, x64 and arm64, double thunks, and their native callers.
import { type Stub, writeSlots } from '@ijw/vtfixup';
import { describe, expect, test } from 'vitest';
import { Bytes, DATA, DELAY_IAT, IAT, type SampleInput, sampleBoundary, TEXT } from './sample-image.ts';

const X64_BASE = 0x1_8000_0000n;
const X86_BASE = 0x1000_0000;
const FIXUPS = [{ rva: DATA, count: 1, type: 6 }] as const;
const SLOT = writeSlots([0x06000001], 6);
const hexadecimal = (rva: number): string => `0x${rva.toString(16)}`;

function stubOf(architecture: SampleInput['architecture'], code: Bytes | readonly number[], more: Partial<SampleInput> = {}): Stub {
  const bytes = code instanceof Bytes ? code.toBytes() : code;
  return sampleBoundary({ architecture, code: bytes, data: SLOT, fixups: FIXUPS, imports: ['CreateThing'], ...more }).stubAt(TEXT)!;
}

/** A stub in a few words: its jumps, and where it ends. */
function told({ hops, target }: Stub): string {
  const end = target.kind === 'import' ? target.function.name : target.kind === 'slot' ? hexadecimal(target.slotRva) : '';
  return [...hops.map(({ text }) => text), `${target.kind} ${end}`.trim()].join(' → ');
}

describe('x64 stubs', () => {
  const start = () => new Bytes(TEXT);

  test.each([
    ['jmp [rip+d]', start().bytes([0xff, 0x25]).rel32(IAT), 'jmp [0x28000] → import CreateThing'],
    ['a tail jump with REX.W', start().bytes([0x48, 0xff, 0x25]).rel32(IAT), 'rex.w jmp [0x28000] → import CreateThing'],
    ['notrack', start().bytes([0x3e, 0xff, 0x25]).rel32(DATA), 'notrack jmp [0x20000] → slot 0x20000'],
    ['bnd', start().bytes([0xf2, 0xff, 0x25]).rel32(DATA), 'bnd jmp [0x20000] → slot 0x20000'],
    ['mov rax; jmp rax', start().bytes([0x48, 0x8b, 0x05]).rel32(DATA).bytes([0xff, 0xe0]), 'mov rax,[0x20000]; jmp rax → slot 0x20000'],
    [
      'ilasm’s export stub',
      start()
        .bytes([0x48, 0xa1])
        .u64(X64_BASE + BigInt(DATA))
        .bytes([0xff, 0xe0]),
      'mov rax,[0x20000]; jmp rax → slot 0x20000',
    ],
    [
      'an address in rax',
      start()
        .bytes([0x48, 0xb8])
        .u64(X64_BASE + 0x1100n)
        .bytes([0xff, 0xe0])
        .at(TEXT + 0x100)
        .bytes([0xc3]),
      'mov rax,0x1100; jmp rax → body',
    ],
    ['endbr64 before the jump', start().bytes([0xf3, 0x0f, 0x1e, 0xfa, 0xff, 0x25]).rel32(IAT), 'jmp [0x28000] → import CreateThing'],
    ['hot-patch padding before the jump', start().bytes([0x66, 0x90, 0xff, 0x25]).rel32(IAT), 'jmp [0x28000] → import CreateThing'],
    [
      'a hot-patched function: EB F9 to the E9 before it',
      new Bytes(TEXT)
        .bytes([0xeb, 0x03])
        .at(TEXT + 5)
        .bytes([0xe9])
        .rel32(TEXT + 0x40)
        .at(TEXT + 0x40)
        .bytes([0xff, 0x25])
        .rel32(IAT),
      'jmp 0x1005 → jmp 0x1040 → jmp [0x28000] → import CreateThing',
    ],
    ['no jump at all', start().bytes([0x48, 0x83, 0xec, 0x28, 0xc3]), 'body'],
    ['a jump to itself', start().bytes([0xeb, 0xfe]), `${'jmp 0x1000 → '.repeat(16)}endless`],
    ['a jump out of the image', start().bytes([0xe9]).u32(0x7f000000), 'jmp 0x7f001005 → outside'],
    ['a jump before the image', start().bytes([0xe9]).u32(0x80000000), 'jmp 0x80001005 → outside'],
    [
      'a pointer that is nothing known',
      start()
        .bytes([0xff, 0x25])
        .rel32(DATA + 8),
      'jmp [0x20008] → pointer',
    ],
    ['an absolute pointer of another module', start().bytes([0x48, 0xa1]).u64(0x7fff_0000_0000n).bytes([0xff, 0xe0]), 'body'],
  ])('%s', (_, code, expected) => {
    expect(told(stubOf('x64', code))).toBe(expected);
  });

  test('code that ends in the middle of a jump is a body', () => {
    for (let length = 0; length < 6; length++) {
      const end = new Bytes(TEXT).at(TEXT + 0x200 - length, 0x90).bytes([0xff, 0x25, 0, 0, 0, 0].slice(0, length));
      const boundary = sampleBoundary({ architecture: 'x64', code: end.toBytes() });
      expect(boundary.stubAt(TEXT + 0x200 - length)!.target.kind).toBe(length === 0 ? 'outside' : 'body');
    }
  });

  test('a delay-load stub leads to the function, through the tail merge or past it', () => {
    const code = new Bytes(TEXT)
      .bytes([0x48, 0x8d, 0x05])
      .rel32(DELAY_IAT + 8)
      .bytes([0xe9])
      .rel32(TEXT + 0x80)
      .at(TEXT + 0x80)
      .bytes([0xc3]);
    const stub = stubOf('x64', code, { delayImports: ['Late'] });
    expect(told(stub)).toBe('lea rax,[0x29008]; jmp 0x1080 → import Late');
    expect(stub.target).toMatchObject({ function: { module: 'late.dll', delayed: true } });
    expect(told(stubOf('x64', code))).toBe('body');
  });

  test('a chain of fifteen jumps is followed, one of sixteen is not', () => {
    const chain = (count: number) => {
      const code = new Bytes(TEXT);
      for (let index = 0; index < count; index++) code.bytes([0xeb, 0x00]);
      return stubOf('x64', code.bytes([0xc3]));
    };
    expect(chain(15).target.kind).toBe('body');
    expect(chain(16).target.kind).toBe('endless');
  });
});

describe('the double thunk of .nep', () => {
  const code = new Bytes(TEXT)
    .bytes([0xeb, 0x08, 0x0f, 0x0b, 0xff, 0x25])
    .rel32(DATA + 8)
    .bytes([0xff, 0x25])
    .rel32(DATA);
  const boundary = sampleBoundary({
    architecture: 'x64',
    code: code
      .at(TEXT + 0x20)
      .bytes([0xe8])
      .rel32(TEXT)
      .bytes([0x48, 0x8d, 0x0d])
      .rel32(TEXT)
      .bytes([0xe8])
      .rel32(TEXT + 4)
      .toBytes(),
    data: writeSlots([0x06000001, 0x06000001], 2),
    fixups: [
      { rva: DATA, count: 1, type: 0x0a },
      { rva: DATA + 8, count: 1, type: 0x02 },
    ],
  });

  test('each slot has its own jump', () => {
    expect(boundary.nativeToManaged.map(({ stubs }) => stubs.map(({ rva }) => rva))).toEqual([[TEXT + 10], [TEXT + 4]]);
  });

  test('native code enters at its start, managed code four bytes on', () => {
    expect(told(boundary.stubAt(TEXT)!)).toBe('jmp 0x100a → jmp [0x20000] → slot 0x20000');
    expect(boundary.nativeCallers).toEqual([
      { kind: 'call', rva: TEXT + 0x20, target: TEXT, slotRva: DATA },
      { kind: 'address', rva: TEXT + 0x25, target: TEXT, slotRva: DATA },
      { kind: 'call', rva: TEXT + 0x2c, target: TEXT + 4, slotRva: DATA + 8 },
    ]);
  });
});

describe('native callers', () => {
  test('through the table of an incremental linker, and by pointers', () => {
    const code = new Bytes(TEXT)
      .bytes([0xff, 0x25])
      .rel32(DATA)
      .at(TEXT + 0x10)
      .bytes([0xe9])
      .rel32(TEXT)
      .at(TEXT + 0x20)
      .bytes([0xe8])
      .rel32(TEXT + 0x10);
    const data = new Bytes(DATA)
      .bytes(SLOT)
      .u64(X64_BASE + BigInt(TEXT))
      .u64(X64_BASE + BigInt(TEXT + 0x10))
      .toBytes();
    const relocations = [{ rva: DATA + 8 }, { rva: DATA + 16 }];
    const boundary = sampleBoundary({ architecture: 'x64', code: code.toBytes(), data, fixups: FIXUPS, relocations });
    expect(boundary.nativeCallers.map(({ kind, rva, target }) => [kind, rva, target])).toEqual([
      ['jump', TEXT + 0x10, TEXT],
      ['call', TEXT + 0x20, TEXT + 0x10],
      ['pointer', DATA + 8, TEXT],
      ['pointer', DATA + 16, TEXT + 0x10],
    ]);
  });

  test('calls through the slot itself need no stub', () => {
    const code = new Bytes(TEXT).bytes([0xff, 0x15]).rel32(DATA).toBytes();
    const [entry] = sampleBoundary({ architecture: 'x64', code, data: SLOT, fixups: FIXUPS }).nativeToManaged;
    expect([entry!.stubs, entry!.calls]).toEqual([[], [{ rva: TEXT, pointer: DATA }]]);
  });

  test('code without slots is not scanned into callers', () => {
    expect(sampleBoundary({ architecture: 'x64', code: [0xe8, 0, 0, 0, 0] }).nativeCallers).toEqual([]);
  });
});

describe('x86 stubs', () => {
  const start = () => new Bytes(TEXT);
  const FOUR = { data: writeSlots([0x06000001], 5), fixups: [{ rva: DATA, count: 1, type: 5 }] };

  test.each([
    [
      'jmp [abs]',
      start()
        .bytes([0xff, 0x25])
        .u32(X86_BASE + IAT),
      'jmp [0x28000] → import CreateThing',
    ],
    [
      'mov eax; jmp eax',
      start()
        .bytes([0xa1])
        .u32(X86_BASE + DATA)
        .bytes([0xff, 0xe0]),
      'mov eax,[0x20000]; jmp eax → slot 0x20000',
    ],
    [
      'mov ecx; jmp ecx',
      start()
        .bytes([0x8b, 0x0d])
        .u32(X86_BASE + DATA)
        .bytes([0xff, 0xe1]),
      'mov ecx,[0x20000]; jmp ecx → slot 0x20000',
    ],
    [
      'mov edi,edi before the jump',
      start()
        .bytes([0x8b, 0xff, 0xff, 0x25])
        .u32(X86_BASE + DATA),
      'jmp [0x20000] → slot 0x20000',
    ],
    [
      'push; ret',
      start()
        .bytes([0x68])
        .u32(X86_BASE + TEXT + 0x10)
        .bytes([0xc3])
        .at(TEXT + 0x10)
        .bytes([0xc3]),
      'push 0x1010; ret → body',
    ],
    [
      'an incremental linker’s table',
      start()
        .bytes([0xe9])
        .rel32(TEXT + 0x10)
        .at(TEXT + 0x10)
        .bytes([0xff, 0x25])
        .u32(X86_BASE + DATA),
      'jmp 0x1010 → jmp [0x20000] → slot 0x20000',
    ],
    ['a pointer below the image', start().bytes([0xff, 0x25]).u32(0x1000), 'body'],
    ['mov edi,edi of a real function', start().bytes([0x8b, 0xff, 0x55, 0x8b, 0xec]), 'body'],
  ])('%s', (_, code, expected) => {
    expect(told(stubOf('x86', code, FOUR))).toBe(expected);
  });

  test('a delay-load stub', () => {
    const code = start()
      .bytes([0xb8])
      .u32(X86_BASE + DELAY_IAT + 4)
      .bytes([0xe9])
      .rel32(TEXT + 0x80);
    expect(told(stubOf('x86', code, { ...FOUR, delayImports: ['Late'] }))).toBe('mov eax,0x29004; jmp 0x1080 → import Late');
  });
});

describe('arm64 stubs', () => {
  const adrp = (register: number, from: number, to: number): number => {
    const pages = (Math.floor(to / 0x1000) - Math.floor(from / 0x1000)) & 0x1fffff;
    return (0x90000000 | ((pages & 3) << 29) | ((pages >>> 2) << 5) | register) >>> 0;
  };
  const ldr = (target: number, base: number, offset: number): number => (0xf9400000 | ((offset / 8) << 10) | (base << 5) | target) >>> 0;
  const add = (target: number, base: number, offset: number): number => (0x91000000 | (offset << 10) | (base << 5) | target) >>> 0;
  const br = (register: number): number => (0xd61f0000 | (register << 5)) >>> 0;
  const b = (from: number, to: number, link = false): number => ((link ? 0x94000000 : 0x14000000) | (((to - from) / 4) & 0x3ffffff)) >>> 0;
  const words = (...list: number[]): Bytes => list.reduce((bytes, word) => bytes.u32(word) as Bytes, new Bytes(TEXT));
  const FROM = { data: new Bytes(DATA).fill(0x18).bytes(SLOT).toBytes(), fixups: [{ rva: DATA + 0x18, count: 1, type: 6 }] };

  test.each([
    [
      'adrp; ldr; br to an import',
      words(adrp(16, TEXT, IAT), ldr(16, 16, IAT & 0xfff), br(16)),
      'adrp x16; ldr x16,[0x28000]; br x16 → import CreateThing',
    ],
    ['adrp; ldr; br to a slot', words(adrp(9, TEXT, DATA), ldr(9, 9, 0x18), br(9)), 'adrp x9; ldr x9,[0x20018]; br x9 → slot 0x20018'],
    [
      'another register for the value',
      words(adrp(8, TEXT, DATA), ldr(9, 8, 0x18), br(9)),
      'adrp x8; ldr x9,[0x20018]; br x9 → slot 0x20018',
    ],
    ['adrp; add; br', words(adrp(17, TEXT, TEXT), add(17, 17, 0x10), br(17), 0, 0xd65f03c0), 'adrp x17; add x17,0x1010; br x17 → body'],
    ['ldr from a literal', words(0x58000000 | (((0x20018 - TEXT) / 4) << 5) | 17, br(17)), 'ldr x17,[0x20018]; br x17 → slot 0x20018'],
    ['bti and nop before it', words(0xd503245f, 0xd503201f, b(TEXT + 8, TEXT + 12), 0xd65f03c0), 'b 0x100c → body'],
    ['b backwards to itself', words(b(TEXT, TEXT)), `${'b 0x1000 → '.repeat(16)}endless`],
    ['registers that do not fit', words(adrp(9, TEXT, DATA), ldr(9, 8, 0x18), br(9)), 'body'],
    ['a branch by another register', words(adrp(9, TEXT, DATA), ldr(9, 9, 0x18), br(10)), 'body'],
    ['a function', words(0xd503237f, 0xa9bf7bfd), 'body'],
  ])('%s', (_, code, expected) => {
    expect(told(stubOf('arm64', code, FROM))).toBe(expected);
  });

  test('a delay-load stub', () => {
    const at = DELAY_IAT + 8;
    const code = words(adrp(17, TEXT, at), add(17, 17, at & 0xfff), b(TEXT + 8, TEXT + 0x80)).at(TEXT + 0x80, 0);
    expect(told(stubOf('arm64', code, { ...FROM, delayImports: ['Late'] }))).toBe('adrp x17; add x17,0x29008; b 0x1080 → import Late');
  });

  test('calls, jumps and addresses of a stub', () => {
    const code = words(
      adrp(9, TEXT, DATA),
      ldr(9, 9, 0x18),
      br(9),
      b(TEXT + 12, TEXT, true),
      b(TEXT + 16, TEXT),
      adrp(0, TEXT, TEXT),
      add(0, 0, 0),
      0x10ffff20,
    );
    const boundary = sampleBoundary({ architecture: 'arm64', code: code.toBytes(), ...FROM });
    expect(boundary.nativeToManaged[0]!.stubs.map(({ rva }) => rva)).toEqual([TEXT]);
    expect(boundary.nativeCallers.map(({ kind, rva }) => [kind, rva - TEXT])).toEqual([
      ['call', 12],
      ['jump', 16],
      ['address', 20],
      ['address', 28],
    ]);
  });

  test('a call through the slot', () => {
    const code = words(adrp(9, TEXT, DATA), ldr(9, 9, 0x18), 0xd63f0120);
    const [entry] = sampleBoundary({ architecture: 'arm64', code: code.toBytes(), ...FROM }).nativeToManaged;
    expect(entry!.calls).toEqual([{ rva: TEXT, pointer: DATA + 0x18 }]);
  });
});
