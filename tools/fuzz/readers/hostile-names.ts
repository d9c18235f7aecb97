/** Names as a stranger gives them: escapes, separators, paths, words of JavaScript. */
export const HOSTILE_NAMES: readonly [string, ...string[]] = [
  'a\u001b[2J\nINJECT: x\r\u202ec\u0085\u2028d\u009b31m',
  'a\u0007\u007f\u200e\u2066',
  '__proto__',
  'constructor',
  'toString',
  '../../OUTSIDE',
  '..\\..\\OUTSIDE',
  'C:evil',
  'CON',
  '*/ system("x"); /*',
  'x"; evil(); "',
  'a"];evil[label="x\\',
  "a$&$1$`b$'",
  '?f@@YAHH@Z',
  '',
  '.ctor',
];
