import { cTokens } from '../generated/c-tokens.ts';
import type { RegistrationKind } from './registry.ts';

/** One registration of a list: the signature string as it was written, and the table that it goes to where that is said. */
export interface ListedRegistration {
  readonly kind?: RegistrationKind;
  readonly signature: string;
}

/** The functions of `RuntimeApi` that register native code. */
const FUNCTIONS: Readonly<Record<string, RegistrationKind>> = {
  register_pinvoke_func: 'pinvoke',
  register_internal_call_func: 'internalCall',
  register_newobj_internal_call_func: 'newobjInternalCall',
  register_intrinsic_func: 'intrinsic',
  register_newobj_intrinsic_func: 'newobjIntrinsic',
};

const KINDS: ReadonlySet<string> = new Set(Object.values(FUNCTIONS));

/**
 * Reads registrations from C++ source (the calls of `RuntimeApi::register_*_func`) or from a list: a signature a line, with its kind in front where that matters (`pinvoke`, `internalCall`, `intrinsic` …).
 * Empty lines and lines that begin with `#` are passed over. @throws BadImageError for source that is not C++
 */
export function readRegistrations(text: string, reading = 'registrations'): readonly ListedRegistration[] {
  return /\bregister_\w+_func\s*\(/.test(text) ? fromSource(text, reading) : fromLines(text);
}

function fromLines(text: string): readonly ListedRegistration[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, kind = '', signature = ''] = /^(\w+)\s+(\S.*)$/.exec(line) ?? [];
      return isKind(kind) ? { kind, signature } : { signature: line };
    });
}

const isKind = (word: string): word is RegistrationKind => KINDS.has(word);

function fromSource(text: string, reading: string): readonly ListedRegistration[] {
  const tokens = cTokens(text, reading);
  return tokens.flatMap((token, index) => {
    const kind = FUNCTIONS[token.text];
    if (kind === undefined || tokens[index + 1]?.text !== '(') return [];
    let signature = '';
    for (let at = index + 2; tokens[at]?.kind === 'string'; at++) signature += literalText(tokens[at]!.text);
    return signature === '' ? [] : [{ kind, signature }];
  });
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** The text of a C string literal: octal and hexadecimal escapes are bytes of UTF-8. */
function literalText(literal: string): string {
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const [piece, octal, hexadecimal, other] of literal.slice(1, -1).matchAll(/\\([0-7]{1,3})|\\x([0-9a-fA-F]+)|\\([\s\S])|[^\\]+/g)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8) & 0xff);
    else if (hexadecimal !== undefined) bytes.push(Number.parseInt(hexadecimal, 16) & 0xff);
    else for (const byte of encoder.encode(other === undefined ? piece : (ESCAPES[other] ?? other))) bytes.push(byte);
  }
  return new TextDecoder().decode(Uint8Array.from(bytes));
}
