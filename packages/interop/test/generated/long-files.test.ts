// Files that grow with the methods of an assembly: their text is made a method at a time, when it is read. Names that leave room for suffixes.
import { Assembly } from '@ijw/assembly';
import { leanClrNatives, leanClrStubs } from '@ijw/interop/leanclr';
import { cStubs, csharpStubs, type NativeBoundary, partsOf, readNativeBoundary, type StubSet } from '@ijw/interop/stubs';
import { PEImage } from '@ijw/pe';
import { describe, expect, it } from 'vitest';
import { UniqueNames } from '../../src/generated/unique-names.ts';
import { nativeAssembly } from '../fixtures/native-assembly.ts';

const assembly = Assembly.of(PEImage.parse(nativeAssembly()));

/** The same items, which note each time their full name is read, as every text does. */
function watched<T extends object>(items: readonly T[], nameKey: keyof T, note: () => void): T[] {
  return items.map((item) =>
    Object.defineProperty({ ...item }, nameKey, {
      enumerable: true,
      get() {
        note();
        return item[nameKey];
      },
    }),
  );
}

/** A set, and how often the text of a method has been made. */
type Watched = readonly [set: StubSet, texts: () => number];

function watchedBoundary(generate: (boundary: NativeBoundary) => StubSet): Watched {
  let texts = 0;
  const boundary = readNativeBoundary(assembly);
  const crossings = watched(boundary.crossings, 'method', () => texts++);
  return [generate({ ...boundary, crossings }), () => texts];
}

function watchedLeanClr(): Watched {
  let texts = 0;
  const { natives } = leanClrNatives(assembly);
  return [leanClrStubs('Native', { natives: watched(natives, 'key', () => texts++), refused: [] }), () => texts];
}

describe.each<[string, () => Watched]>([
  ['C', () => watchedBoundary(cStubs)],
  ['C#', () => watchedBoundary(csharpStubs)],
  ['LeanCLR', watchedLeanClr],
])('the files of %s', (_, make) => {
  it('have no text before they are read, and a method’s text is made when its piece is', () => {
    const [set, texts] = make();
    const before = texts();
    const file = set.files.at(-1) === set.files[0] ? set.files[0]! : set.files.find(({ path }) => /NativeMethods|_register/.test(path))!;
    let last = before;
    let steps = 0;
    for (const _ of partsOf(file)) {
      expect(texts() - last).toBeLessThanOrEqual(1);
      if (texts() > last) steps++;
      last = texts();
    }
    expect(steps).toBeGreaterThan(3);
  });

  it('are the same each time they are read, and as long as they say', () => {
    const [set] = make();
    for (const file of set.files) {
      const parts = partsOf(file);
      const size = new TextEncoder().encode(file.text).length;
      expect(parts.size).toBe(size);
      expect([...parts].join('')).toBe(file.text);
      expect(parts.size).toBe(size);
    }
  });
});

describe('names that leave room for suffixes', () => {
  const taken = (...wanted: readonly string[]): string[] => {
    const names = new UniqueNames(new Set(['Reserved', 'Old_Body']), ['_Body', '_Native']);
    return wanted.map((name) => names.take(name));
  };

  it.each([
    [
      ['A', 'A', 'A'],
      ['A', 'A_2', 'A_3'],
    ],
    [
      ['A', 'A_Body'],
      ['A', 'A_Body_2'],
    ],
    [
      ['A_Body', 'A'],
      ['A_Body', 'A_2'],
    ],
    [
      ['Reserved', 'Old', 'Old_Body'],
      ['Reserved_2', 'Old_2', 'Old_Body_2'],
    ],
    // What is reserved has no suffixes of its own.
    [['Reserved_Body'], ['Reserved_Body']],
    [
      ['A_Body_Native', 'A_Body', 'A'],
      ['A_Body_Native', 'A_Body_2', 'A'],
    ],
  ])('%j become %j', (wanted, names) => {
    expect(taken(...wanted)).toEqual(names);
  });
});
