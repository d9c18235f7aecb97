// The example of the README.
import { readFileSync } from 'node:fs';
import { importedFunctionText } from '@ijw/vtfixup';
import { describe, expect, test } from 'vitest';
import { edgeFile, openBoundary } from './corpus-files.ts';

describe('the example of the README', () => {
  test('does what it says', () => {
    const boundary = openBoundary(edgeFile('x64/24'));
    const out = boundary.managedToNative.flatMap(({ method, convention, stub }) =>
      stub?.target.kind === 'import' ? [`${method} ${convention.convention} ${importedFunctionText(stub.target.function)}`] : [],
    );
    expect(out).toContain('<Module>::malloc cdecl api-ms-win-crt-heap-l1-1-0.dll!malloc');
  });

  test('names what there is', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const boundary = openBoundary(edgeFile('x64/24'));
    const lists = [
      'fixups',
      'slots',
      'managedToNative',
      'nativeToManaged',
      'nativeCallers',
      'exports',
      'importStubs',
      'entryPoints',
      'unmanagedCallersOnly',
      'cppCliData',
      'crossings',
    ] as const;
    for (const list of lists) {
      expect(readme).toContain(`\`${list}\``);
      expect(boundary[list]).toBeDefined();
    }
  });
});
