/** Primitive types by their code ("Format of a C++ decorated name", learn.microsoft.com; the `_` row grew with the compilers). */
export const primitiveTypes: Readonly<Record<string, string>> = {
  C: 'signed char',
  D: 'char',
  E: 'unsigned char',
  F: 'short',
  G: 'unsigned short',
  H: 'int',
  I: 'unsigned int',
  J: 'long',
  K: 'unsigned long',
  M: 'float',
  N: 'double',
  O: 'long double',
  X: 'void',
  _D: '__int8',
  _E: 'unsigned __int8',
  _F: '__int16',
  _G: 'unsigned __int16',
  _H: '__int32',
  _I: 'unsigned __int32',
  _J: '__int64',
  _K: 'unsigned __int64',
  _L: '__int128',
  _M: 'unsigned __int128',
  _N: 'bool',
  _P: 'auto',
  _Q: 'char8_t',
  _S: 'char16_t',
  _T: 'decltype(auto)',
  _U: 'char32_t',
  _W: 'wchar_t',
  $$T: 'std::nullptr_t',
};

/** Tag types by their code. */
export const tagTypes = { T: 'union', U: 'struct', V: 'class', Y: 'cointerface', _X: 'coclass', _Y: 'cointerface' } as const;

/** The underlying type of an enumeration by the digit after `W`; `int` is not written. */
export const enumTypes: Readonly<Record<string, string>> = {
  '0': 'char',
  '1': 'unsigned char',
  '2': 'short',
  '3': 'unsigned short',
  '4': '',
  '5': 'unsigned int',
  '6': 'long',
  '7': 'unsigned long',
};

/** Calling conventions: the second letter of a pair meant "exported" to 16-bit compilers. `S` and later are clang's. */
export const callingConventions: Readonly<Record<string, string>> = {
  A: '__cdecl',
  B: '__cdecl',
  C: '__pascal',
  D: '__pascal',
  E: '__thiscall',
  F: '__thiscall',
  G: '__stdcall',
  H: '__stdcall',
  I: '__fastcall',
  J: '__fastcall',
  K: '',
  L: '',
  M: '__clrcall',
  N: '__clrcall',
  O: '__eabi',
  P: '__eabi',
  Q: '__vectorcall',
  S: '__attribute__((__swiftcall__))',
  U: '__attribute__((__preserve_most__))',
  V: '__attribute__((__preserve_none__))',
  W: '__attribute__((__swiftasynccall__))',
  w: '__regcall',
  x: '__regcall',
};

/** What follows the pointer marks: qualifiers of the target, and whether it is based, a class member, or a function. */
export interface StorageCode {
  readonly const: boolean;
  readonly volatile: boolean;
  readonly based: boolean;
  readonly member: boolean;
  readonly function: boolean;
}

function storage(flags: string): StorageCode {
  return {
    const: flags.includes('c'),
    volatile: flags.includes('v'),
    based: flags.includes('b'),
    member: flags.includes('m'),
    function: flags.includes('f'),
  };
}

/** Storage codes: c const, v volatile, b based, m member, f function. Repeats were near, far and huge. */
export const storageCodes: Readonly<Record<string, StorageCode>> = {
  A: storage(''),
  B: storage('c'),
  J: storage('c'),
  C: storage('v'),
  G: storage('v'),
  K: storage('v'),
  D: storage('cv'),
  H: storage('cv'),
  L: storage('cv'),
  M: storage('b'),
  N: storage('bc'),
  O: storage('bv'),
  P: storage('bcv'),
  Q: storage('m'),
  U: storage('m'),
  Y: storage('m'),
  R: storage('mc'),
  V: storage('mc'),
  Z: storage('mc'),
  S: storage('mv'),
  W: storage('mv'),
  '0': storage('mv'),
  T: storage('mcv'),
  X: storage('mcv'),
  '1': storage('mcv'),
  '2': storage('mb'),
  '3': storage('mbc'),
  '4': storage('mbv'),
  '5': storage('mbcv'),
  '6': storage('f'),
  '7': storage('f'),
  '8': storage('fm'),
  '9': storage('fm'),
  _A: storage('fb'),
  _B: storage('fb'),
  _C: storage('fbm'),
  _D: storage('fbm'),
};
