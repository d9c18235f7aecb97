import { demangle } from '@ijw/demangle';
import { mergeStubs } from '@ijw/interop/stubs';
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
];

function text(decisions: Decisions): string {
  let result = '';
  while (!decisions.atEnd) {
    const piece = decisions.pick(PIECES);
    // A size that a decision gives, not one that a file gives.
    for (let left = 1 + decisions.count(); left > 0 && result.length < 0x60000; left--) result += piece;
  }
  return result;
}

/** Texts that users keep and compilers write: C++ sources that stubs are merged into, decorated names. */
export const sourcesReader: FuzzReader = {
  name: 'sources',
  seeds: () => decisionSeeds(48),
  async run(input) {
    const source = text(new Decisions(input));
    await tolerant(() => mergeStubs(source, { path: 'a.cpp', text: '', stubs: new Map([['Interop_A_B::D', '']]) }));
    demangle(source.slice(0, 4096));
  },
};
