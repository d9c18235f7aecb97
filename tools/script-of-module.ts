import { Script } from 'node:vm';

const IMPORT = /import(?:\{([^}]*)\}from)?"\.\/([\w-]+)\.js";/y;
const EXPORT = /export\{([^{}]*)\};\n?$/;
/** Of a module of CommonJS; its properties are exports, as in Node. */
const DEFAULT_EXPORT = /export default ([\w$]+\(\));\n?$/;

/** `a as b,c` of an import or an export as the properties of a pattern or an object. */
const properties = (names: string, separator: (from: string, to: string) => string): string =>
  names
    .split(',')
    .map((name) => {
      const [from = '', to = from] = name.split(' as ');
      return separator(from, to);
    })
    .join(',');

/**
 * A chunk that esbuild wrote as an ECMAScript module, as the body of a function `(require, load)` that returns what the chunk exports. What it imports becomes constants, which V8 compiles into
 * the code as such; a module of CommonJS would look a property up at each use. That is the same, as no chunk imports one that imports it.
 * @throws Error where the chunk imports or exports in another way
 */
export function scriptOfModule(source: string, chunks: ReadonlySet<string>): string {
  const imports: string[] = [];
  IMPORT.lastIndex = 0;
  let end = 0;
  for (let found = IMPORT.exec(source); found !== null; found = IMPORT.exec(source)) {
    const [, names, chunk = ''] = found;
    imports.push(
      names === undefined
        ? `load("${chunk}");`
        : `const{${properties(names, (from, to) => (from === to ? from : `${from}:${to}`))}}=load("${chunk}");`,
    );
    end = IMPORT.lastIndex;
  }
  const body = source
    .slice(end)
    .replace(DEFAULT_EXPORT, 'const all=$1;return{...all,default:all};')
    .replace(EXPORT, (_, names: string) => `return{${properties(names, (from, to) => `${to}:${from}`)}};`);
  const script = `"use strict";${imports.join('')}${body.replace(/import\("\.\/([\w-]+)\.js"\)/g, (call, chunk: string) =>
    chunks.has(chunk) ? `Promise.resolve().then(()=>load("${chunk}"))` : call,
  )}`;
  // Syntax is checked here, not when a user runs the command: an import that is left is an error.
  new Script(`(function(require,load){${script}\n})`);
  return script;
}
