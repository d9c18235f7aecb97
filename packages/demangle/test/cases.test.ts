// Decorated names and their texts, one case for each construct.
import { describe, expect, it } from 'vitest';
import { demangle } from '../src/index.ts';
import { readCases } from './case-files.ts';

const cases = readCases();

describe.each([...new Set(cases.map(({ file }) => file))])('%s', (file) => {
  it.each(cases.filter((one) => one.file === file))('$decorated', ({ decorated, style, expected }) => {
    const result = demangle(decorated, { style });
    if ('text' in expected) {
      expect(result.ok ? result.text : result.error).toEqual(expected.text);
    } else {
      expect(result).toEqual({ decorated, text: decorated, ok: false, error: expect.anything() });
      expect(result.ok ? '' : `${result.error.position} ${result.error.message}`).toBe(expected.error);
    }
  });
});
