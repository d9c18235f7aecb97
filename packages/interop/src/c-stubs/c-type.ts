import type { NativeTree, ScalarName } from '@ijw/marshalling';

const SCALAR_NAMES: Readonly<Record<ScalarName, string>> = {
  int8: 'int8_t',
  uint8: 'uint8_t',
  char8: 'char',
  int16: 'int16_t',
  uint16: 'uint16_t',
  char16: 'ijw_char16',
  int32: 'int32_t',
  uint32: 'uint32_t',
  int64: 'int64_t',
  uint64: 'uint64_t',
  float: 'float',
  double: 'double',
  intptr: 'intptr_t',
  uintptr: 'uintptr_t',
};

/** The macros of the generated header; empty where a platform has one convention only. */
export const CONVENTION_MACROS: Readonly<Record<string, string>> = {
  cdecl: 'IJW_CDECL',
  stdcall: 'IJW_STDCALL',
  thiscall: 'IJW_THISCALL',
  fastcall: 'IJW_FASTCALL',
  platform: 'IJW_STDCALL',
};

/** A declaration of C: `int32_t (*name)(void)`. Without a name, a type. */
export function declaration(type: NativeTree, name: string): string {
  const spaced = (base: string): string => (name === '' ? base : `${base} ${name}`);
  switch (type.kind) {
    case 'void':
      return spaced('void');
    case 'scalar':
      return spaced(SCALAR_NAMES[type.scalar]);
    case 'struct':
      return spaced(type.struct.name);
    case 'pointer':
      return declaration(type.element, type.element.kind === 'array' ? `(*${name})` : `*${name}`);
    case 'array':
      return declaration(type.element, `${name}[${type.length}]`);
    case 'function': {
      const parameters = type.parameters.map((parameter) => declaration(parameter, '')).join(', ') || 'void';
      return declaration(type.returnType, `(${CONVENTION_MACROS[type.convention] ?? 'IJW_STDCALL'} *${name})(${parameters})`);
    }
  }
}

const RESERVED_WORDS =
  'auto break case char const continue default do double else enum extern float for goto if inline int long register restrict return short signed sizeof ' +
  'static struct switch typedef union unsigned void volatile while _Alignas _Alignof _Atomic _Bool _Complex _Generic _Imaginary _Noreturn _Static_assert ' +
  '_Thread_local bool true false and and_eq asm bitand bitor catch class compl concept constexpr const_cast decltype delete dynamic_cast explicit export ' +
  'friend mutable namespace new noexcept not not_eq nullptr operator or or_eq private protected public reinterpret_cast requires static_assert ' +
  'static_cast template this thread_local throw try typeid typename using virtual wchar_t xor xor_eq char16_t char32_t offsetof NULL size_t ptrdiff_t ' +
  'max_align_t int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t intptr_t uintptr_t intmax_t uintmax_t main linux unix i386 typeof ' +
  'ijw_char16 IJW_GUID IJW_DECIMAL';

/** Reserved words of C and C++, and names of the included headers. */
export const C_RESERVED: ReadonlySet<string> = new Set(RESERVED_WORDS.split(' '));
