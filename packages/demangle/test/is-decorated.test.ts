// Which texts are decorated names.
import { describe, expect, it } from 'vitest';
import { isDecorated } from '../src/index.ts';
import { readCases } from './case-files.ts';

describe('isDecorated', () => {
  it('knows every name that can be demangled, but for one letter after a dot', () => {
    const unknown = readCases().filter(({ decorated, expected }) => 'text' in expected && !isDecorated(decorated));
    expect(unknown.map(({ decorated }) => decorated)).toEqual(['.H']);
  });

  it.each([
    'main',
    'printf',
    '?',
    'What is this?',
    '?What is this @ all?',
    'a@b',
    'user@example.com',
    '.ctor',
    '.text',
    '.NET',
    '.PE.Headers',
    '.System.Runtime.Vector128DebugView`1',
    '?ABI.Microsoft.Web.WebView2.Core.ICoreWebView2',
    'System.Collections.Generic.List`1',
    '<Module>',
    'std.vector',
    '_Z1fv',
    '$ArrayType',
  ])('takes %s for an ordinary name', (name) => {
    expect(isDecorated(name)).toBe(false);
  });
});
