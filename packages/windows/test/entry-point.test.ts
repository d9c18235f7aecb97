// What entry points do as far as their instructions are known: their result, what they write, and where they hand the load over.

import { libraryImage } from '@ijw/fixtures';
import { describe, expect, it } from 'vitest';
import { type LibraryLoad, loaded, windowsProcess } from './windows-process.ts';

/** The builder puts code at 0x1004 and data at 0x2000. */
const TEXT = 0x1004;
const DATA = 0x2000;
const le32 = (value: number): number[] => [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, (value >> 24) & 0xff];
/** A displacement to `target` for an instruction of x64 that ends `end` bytes into the entry point. */
const relative = (end: number, target: number): number[] => le32(target - (TEXT + end));

const TRUE = [0xb8, ...le32(1)];
const FALSE = [0x31, 0xc0];
const RET = [0xc3];
const RET12 = [0xc2, 12, 0];

type Result = 'TRUE' | 'FALSE' | 'fault' | 'assumed';

interface Case {
  readonly title: string;
  readonly machine: 'amd64' | 'i386';
  readonly code: readonly number[];
  readonly result: Result;
  /** The first four bytes of .data afterwards. */
  readonly data?: number;
}

const x64 = (title: string, result: Result, code: readonly number[], data?: number): Case => ({
  title,
  machine: 'amd64',
  code,
  result,
  ...(data !== undefined && { data }),
});
const x86 = (title: string, result: Result, code: readonly number[], data?: number): Case => ({
  title,
  machine: 'i386',
  code,
  result,
  ...(data !== undefined && { data }),
});

const CASES: readonly Case[] = [
  x64('returns TRUE', 'TRUE', [...TRUE, ...RET]),
  x64('returns FALSE', 'FALSE', [...FALSE, ...RET]),
  x64('cmp edx, 1; jne; TRUE at attach', 'TRUE', [0x83, 0xfa, 1, 0x75, 6, ...TRUE, ...RET, ...FALSE, ...RET]),
  x64('cmp edx, 1; je; FALSE at attach', 'FALSE', [0x83, 0xfa, 1, 0x74, 6, ...TRUE, ...RET, ...FALSE, ...RET]),
  x64('sete al; movzx eax, al', 'TRUE', [0x83, 0xfa, 1, 0x0f, 0x94, 0xc0, 0x0f, 0xb6, 0xc0, ...RET]),
  x64('mov eax, edx; dec eax', 'FALSE', [0x89, 0xd0, 0xff, 0xc8, ...RET]),
  x64('a frame: push rbp; mov rbp, rsp; sub rsp; leave', 'TRUE', [0x55, 0x48, 0x89, 0xe5, 0x48, 0x83, 0xec, 0x20, 0xc9, ...TRUE, ...RET]),
  x64('a local: mov [rsp-8], edx; mov eax, [rsp-8]', 'TRUE', [0x89, 0x54, 0x24, 0xf8, 0x8b, 0x44, 0x24, 0xf8, ...RET]),
  x64('call and return; lea', 'TRUE', [0xe8, ...le32(1), 0xc3, 0x8d, 0x42, 0, 0xc3]),
  x64('test rcx, rcx; the handle is not null', 'TRUE', [0x48, 0x85, 0xc9, 0x74, 6, ...TRUE, ...RET, ...FALSE, ...RET]),
  x64('inc [counter]; the reason into the next word', 'TRUE', [0xff, 5, ...relative(6, DATA), ...TRUE, ...RET], 1),
  x64(
    'mov dword [mem], imm32 relative to the next instruction',
    'TRUE',
    [0xc7, 5, ...relative(10, DATA), ...le32(0x1234), ...TRUE, ...RET],
    0x1234,
  ),
  x64('add byte [mem], imm8', 'TRUE', [0x80, 5, ...relative(7, DATA), 7, ...TRUE, ...RET], 7),
  x64('writes to its own code', 'fault', [0xc6, 5, ...relative(7, TEXT), 0, ...TRUE, ...RET]),
  x64('reads from nowhere', 'fault', [0x31, 0xc9, 0x8b, 1, ...RET]),
  x64('jumps to nowhere', 'fault', [0x31, 0xc0, 0xff, 0xe0]),
  x64(
    'vzeroupper is left to a processor, without effect',
    'assumed',
    [0xff, 5, ...relative(6, DATA), 0xc5, 0xf8, 0x77, ...FALSE, ...RET],
    0,
  ),
  x64('a loop without end is left to a processor', 'assumed', [0xeb, 0xfe]),
  x86('returns TRUE', 'TRUE', [...TRUE, ...RET12]),
  x86('returns FALSE', 'FALSE', [...FALSE, ...RET12]),
  x86('cmp dword [esp+8], 1', 'TRUE', [0x83, 0x7c, 0x24, 8, 1, 0x75, 8, ...TRUE, ...RET12, ...FALSE, ...RET12]),
  x86('a frame: mov eax, [ebp+12]', 'TRUE', [0x55, 0x8b, 0xec, 0x8b, 0x45, 12, 0x5d, ...RET12]),
  x86('push imm8; pop eax; dec eax', 'FALSE', [0x6a, 1, 0x58, 0x48, ...RET12]),
  x86('mov [abs32], eax', 'TRUE', [...TRUE, 0xa3, ...le32(0x1000_0000 + DATA), ...RET12], 1),
  x86('or, and, xor, not, neg', 'TRUE', [0x31, 0xc0, 0x83, 0xc8, 7, 0x83, 0xe0, 3, 0xf7, 0xd0, 0xf7, 0xd8, 0x83, 0xe8, 3, ...RET12]),
];

function load({ machine, code }: Case): LibraryLoad {
  return windowsProcess({ architecture: machine === 'i386' ? 'x86' : 'x64' })(libraryImage({ machine, entry: code }).bytes);
}

describe('an entry point of its own', () => {
  it.each(CASES.map((each) => [`${each.machine}: ${each.title}`, each] as const))('%s', (_title, each) => {
    const outcome = load(each);
    const call = outcome.events.find((event) => event.step === 'callEntryPoint');
    const rule = outcome.outcome === 'refused' ? outcome.rule : undefined;
    expect(rule).toBe(each.result === 'FALSE' ? 'entryPointFailed' : each.result === 'fault' ? 'entryPointFaulted' : undefined);
    if (each.result === 'TRUE') expect(call).toMatchObject({ result: 1 });
    if (each.result === 'assumed') expect(call).not.toHaveProperty('result');
    if (each.data !== undefined) {
      expect(loaded(outcome).read(DATA, 4).getUint32(0, true)).toBe(each.data);
    }
  });

  it.each(['TRUE', 'FALSE'] as const)('reaches a function of the host through a register, which returns %s', (result) => {
    const imports = [{ name: 'host.dll', symbols: [{ name: 'Start' }] }];
    const { slotRva } = libraryImage({ imports, entry: Array<number>(16).fill(0x90) });
    const code = [
      0x48,
      0x83,
      0xec,
      0x28,
      0x48,
      0x8b,
      0x05,
      ...relative(11, slotRva('host.dll', 'Start')),
      0xff,
      0xd0,
      0x48,
      0x83,
      0xc4,
      0x28,
      0xc3,
    ];
    const padded = [...code, ...Array<number>(Math.max(0, 16 - code.length)).fill(0x90)];
    const calls: string[] = [];
    const load = windowsProcess({
      entryPointHost: {
        owns: ({ module, name }) => module === 'host.dll' && name === 'Start',
        call: ({ module, gate, reason }) => {
          calls.push(`${module.name} ${gate.name} ${reason}`);
          return result === 'TRUE' ? 1 : 0;
        },
      },
    });
    const outcome = load(libraryImage({ imports, entry: padded }).bytes);
    expect(calls).toEqual(['main.dll Start processAttach']);
    expect(outcome.events.find((event) => event.step === 'callEntryPoint')).toMatchObject({ reaches: 'host.dll!Start' });
    if (result === 'TRUE') expect(outcome.outcome).toBe('loaded');
    else expect(outcome).toMatchObject({ outcome: 'refused', rule: 'entryPointFailed', hresult: 0x8007045a, mapped: 0 });
  });
});
