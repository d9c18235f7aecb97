// Names for other tools: scripts that Python parses, with the addresses of the boundary.
import { spawnSync } from 'node:child_process';
import { buildMixedImage } from '@ijw/fixtures';
import { Metadata } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import { Boundary, boundaryJson, boundaryNames, boundaryNamesText } from '@ijw/vtfixup';
import { describe, expect, it } from 'vitest';

const image = PEImage.parse(
  buildMixedImage({ architecture: 'x64', host: 'mscoree.dll', records: [{ type: 6, slots: ['Add', 'Twice', 'Add'] }] }).bytes,
);
const boundary = Boundary.of(image, Metadata.of(image));
const text = (format: 'ida' | 'ghidra' | 'csv'): string => [...boundaryNamesText(boundary, format)].join('');

/** The addresses that the document of the boundary has. */
function addresses(): ReadonlySet<number> {
  const { fixups, managedToNative } = JSON.parse(
    JSON.stringify(boundaryJson(boundary), (_, value) => (value?.[Symbol.iterator] && typeof value !== 'string' ? [...value] : value)),
  );
  const found = new Set<number>();
  for (const { slots } of fixups) for (const { rva, stubs } of slots) for (const address of [rva, ...stubs]) found.add(address);
  for (const { kind, rva } of managedToNative) if (kind === 'rva') found.add(rva);
  return found;
}

const python = spawnSync('python3', ['--version']).status === 0;

describe('names of a boundary', () => {
  it('are unique, plain, and at the addresses of the document', () => {
    const names = [...boundaryNames(boundary)];
    expect(new Set(names.map(({ rva }) => rva))).toEqual(addresses());
    expect(new Set(names.map(({ name }) => name)).size).toBe(names.length);
    for (const { name } of names) expect(name).toMatch(/^[a-z]+_\w+$/);
  });

  it.skipIf(!python)('are scripts that Python parses (skipped without python3)', () => {
    for (const format of ['ida', 'ghidra'] as const) {
      const parse =
        'import ast, sys, json\ntree = ast.parse(sys.stdin.read())\nlist_ = next(n for n in tree.body if isinstance(n, ast.Assign) and n.targets[0].id == "names")\nprint(json.dumps([rva for rva, _, _ in ast.literal_eval(list_.value)]))';
      const { stdout, status } = spawnSync('python3', ['-c', parse], { input: text(format), encoding: 'utf8' });
      expect(status).toBe(0);
      expect(new Set(JSON.parse(stdout))).toEqual(addresses());
    }
  });

  it('are a table with a comment in quotes', () => {
    const [head, first] = text('csv').split('\n');
    expect(head).toBe('rva,name,kind,comment');
    expect(first).toMatch(/^0x[0-9a-f]+,native_\w+,native,".*"$/);
  });
});
