import { demangle } from '@ijw/demangle';
import { LeanClrSignatureError, parseLeanClrSignature, readRegistrations } from '@ijw/interop/leanclr';
import { mergeStubs } from '@ijw/interop/stubs';
import { isLinkerMap, isScatterFile, readInteropSource, readLinkerMap, readScatterFile } from '@ijw/interop/tinyclr';
import { Decisions } from '../decisions.ts';
import { type FuzzReader, tolerant } from '../reader.ts';
import { decisionSeeds } from './decision-seeds.ts';

const PIECES: readonly [string, ...string[]] = [
  '/*',
  '*/',
  '//',
  '\n',
  '"a"',
  "'a'",
  '/* a */',
  '\\',
  '{',
  '}',
  '(',
  ')',
  'Interop_A_B::C',
  'const TinyCLR_Interop_MethodHandler methods[] = {',
  'nullptr',
  '0x1234',
  ',',
  '#error x',
  '?',
  '@',
  '?A',
  'V1@',
  '?$',
  ' ',
  '\t',
  '# ',
  ';',
  '=',
  ':',
  '<',
  'R"(',
  'A 1',
  'MEMORY{',
  'ORIGIN=',
  'LENGTH',
  'Memory Map of the image\n',
  'Linker script and memory map\n',
  '     VMA      LMA     Size Align Out     In      Symbol\n',
  'Execution Region A (Base: 0x1, Size: 0x1',
  ' 0x08000000 a',
  '.text',
  'register_pinvoke_func(',
  'pinvoke ',
  '[A]B::C(',
  'delegate* unmanaged[Cdecl]<',
  '\u001b[2J',
];

const SEPARATORS: readonly [string, ...string[]] = ['', ' ', '\n', 'a', '{', '='];

/** The number of `COUNTS` that is the largest. */
const MANY = 12;

function text(decisions: Decisions): string {
  let result = '';
  while (!decisions.atEnd) {
    const piece = decisions.pick(PIECES);
    const count = 1 + decisions.count();
    // Pieces beside each other may be others: `/*/*/` is a whole comment.
    const separator = decisions.pick(SEPARATORS);
    // A size that a decision gives, not one that a file gives.
    for (let left = count; left > 0 && result.length < 0x30000; left--) result += piece + separator;
  }
  return result;
}

function leanClr(source: string): void {
  try {
    parseLeanClrSignature(source);
  } catch (error) {
    if (!(error instanceof LeanClrSignatureError)) throw error;
  }
}

/** What a text is read as. */
const READINGS: readonly ((source: string) => unknown)[] = [
  (source) => mergeStubs(source, { path: 'a.cpp', text: '', stubs: new Map([['Interop_A_B::D', '']]) }),
  (source) => readInteropSource(source, 'a.cpp'),
  (source) => readRegistrations(source),
  (source) => leanClr(source),
  (source) => isScatterFile(source) && readScatterFile(source),
  (source) => isLinkerMap(source) && readLinkerMap(source),
  (source) => demangle(source.slice(0, 4096)),
];

/** Texts that users keep and compilers write: C++ sources that stubs are merged into, lists, maps of linkers, decorated names. */
export const sourcesReader: FuzzReader = {
  name: 'sources',
  seeds: sourceSeeds,
  async run(input) {
    const source = text(new Decisions(input));
    for (const read of READINGS) await tolerant(() => read(source));
    return source.length;
  },
};

/** One piece many times, each of them: scans that look for an end from every beginning take its square. */
function* sourceSeeds(): Generator<Uint8Array> {
  for (let piece = 0; piece < PIECES.length; piece++)
    for (let separator = 0; separator < 3; separator++) yield Uint8Array.of(piece, MANY, separator);
  for (let piece = 0; piece < PIECES.length; piece++) yield Uint8Array.of(piece, 0, 0, 9, 0, 0, piece, MANY, 1, 8, 0, 0);
  yield* decisionSeeds(32);
}
