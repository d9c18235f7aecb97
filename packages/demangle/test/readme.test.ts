// The examples of the README.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { demangle, type TextStyle } from '../src/index.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const examples = Array.from(readme.matchAll(/^demangle\('([^']+)'(?:, \{ style: '(\w+)' \})?\)\.text;\n\/\/ (.*)$/gm), (match) => ({
  decorated: match[1] ?? '',
  style: (match[2] ?? 'llvm') as TextStyle,
  text: match[3],
}));

describe('the README', () => {
  it('has an example of every style', () => {
    expect(examples.map(({ style }) => style)).toEqual(['llvm', 'short', 'undname']);
  });

  it.each(examples)('$decorated in style $style', ({ decorated, style, text }) => {
    expect(demangle(decorated, { style }).text).toBe(text);
  });

  it('shows an error as it is', () => {
    expect(readme).toContain(`error: { position: 7, message: 'Unknown type code "a"' }`);
    expect(demangle('?f@@YAXa@Z')).toMatchObject({ error: { position: 7, message: 'Unknown type code "a"' } });
  });
});
