import { Lazy, UnsupportedError } from '@ijw/binary';
import { identifier } from '@ijw/marshalling';
import { C_RESERVED } from '../c-stubs/c-type.ts';
import { commentText, fileName, LongFile, type StubTexts } from '../generated/generated-file.ts';
import type { StubSet } from '../generated/stub-set.ts';
import { UniqueNames } from '../generated/unique-names.ts';
import { SLOT_SIZE, SLOT_TYPES, slotCount } from './argument-slots.ts';
import type { LeanClrNative, LeanClrNatives } from './native-methods.ts';

/** `Unit` is what RET_VOID_OK returns, by its bare name. */
const RESERVED: ReadonlySet<string> = new Set([...C_RESERVED, 'params', 'ret', 'offset', 'result', 'leanclr', 'self_', 'std', 'Unit']);

interface NamedNative {
  readonly native: LeanClrNative;
  readonly name: string;
}

/**
 * A header with the prototypes, a file of functions to be filled in, and a file with an invoker for each and their registration.
 * @throws UnsupportedError for a module without natives
 */
export function leanClrStubs(module: string, { natives, refused }: LeanClrNatives): StubSet {
  if (natives.length + refused.length === 0)
    throw new UnsupportedError(`${module} has no P/Invokes and no internal calls, so there is nothing to generate`);
  const names = new UniqueNames(RESERVED, ['_invoker']);
  const named = natives.map(
    (native): NamedNative => ({
      native,
      name: names.take(identifier(native.fullName.replace('::', '_')).slice(0, 160)),
    }),
  );
  const base = identifier(module);
  const header = fileName(`${base}_natives`, '.h');
  return {
    files: [
      new LongFile(header, () => headerText(base, named)),
      new LongFile(fileName(`${base}_natives`, '.cpp'), () => functionsText(header, named), functionStubs(named)),
      new LongFile(fileName(`${base}_register`, '.cpp'), () => registrationText(base, header, named)),
    ],
    entries: named.map(({ native, name }, index) => ({ index, token: native.token, symbol: name })),
    refusals: refused,
  };
}

/** Not kept: they are needed three times. */
function parameterNames({ native: { parameters } }: NamedNative): readonly string[] {
  const names = new UniqueNames(RESERVED);
  return parameters.map(({ name }, index) => names.take(name === '' ? `argument${index}` : identifier(name)));
}

/** Written when a file that exists is merged with them. */
function functionStubs(named: readonly NamedNative[]): StubTexts {
  const byName = new Lazy(() => new Map(named.map((native) => [native.name, native])));
  return {
    keys: () => byName.value.keys(),
    get(name) {
      const native = byName.value.get(name);
      return native && functionText(native);
    },
  };
}

const resultType = ({ native }: NamedNative): string => native.result?.cpp ?? 'void';
function prototype(named: NamedNative, names = parameterNames(named)): string {
  const parameters = named.native.parameters.map(({ value }, index) => `${value.cpp} ${names[index]}`);
  return `${resultType(named)} ${named.name}(${parameters.join(', ')})`;
}

function* headerText(base: string, named: readonly NamedNative[]): Generator<string, void> {
  yield `#pragma once

#include <cstddef>
#include <cstdint>

#ifndef IJW_STRUCT
#define IJW_STRUCT
// The bytes of a structure, as they lie in consecutive slots.
template <size_t Size> struct ijw_struct {
    uint8_t bytes[Size];
};
#endif

`;
  for (const native of named) yield `${prototype(native)};\n`;
  yield `
// To be called after the runtime is initialized, and before a class with one of these methods is used.
void register_${base}();
`;
}

function* functionsText(header: string, named: readonly NamedNative[]): Generator<string, void> {
  yield `#include "${header}"\n`;
  for (const native of named) yield `\n${functionText(native)}`;
}

function functionText(named: NamedNative): string {
  const names = parameterNames(named);
  const unused = names.map((name) => `    (void)${name};\n`).join('');
  const result = named.native.result === undefined ? '' : `    ${resultType(named)} result = {};\n    return result;\n`;
  return `// ${commentText(named.native.fullName)}\n${prototype(named, names)} {\n${unused}${result}}\n`;
}

/** The slot at which each argument starts, as a remark: an argument's offset is not its index. */
function invokerText(named: NamedNative): string {
  const { native, name } = named;
  const names = parameterNames(named);
  let slot = 0;
  const fetches = native.parameters.map(({ value }, index) => {
    const at = slot;
    slot += slotCount(typeof value.slot === 'object' ? value.slot.struct : SLOT_TYPES[value.slot]);
    return `    auto ${names[index]} = leanclr::RuntimeApi::get_argument<${value.cpp}>(params, offset); // slot ${at}\n`;
  });
  const call = `${name}(${names.join(', ')})`;
  const size = native.result === undefined ? 0 : typeof native.result.slot === 'object' ? native.result.slot.struct : SLOT_SIZE;
  const done =
    native.result === undefined
      ? `    ${call};\n    (void)ret;\n`
      : `    auto result = ${call};\n    leanclr::RuntimeApi::set_return_value<${native.result.cpp}>(ret, result); // ${slotCount(size)} slots\n`;
  const unused = native.parameters.length === 0 ? '    (void)params;\n' : '    size_t offset = 0;\n';
  return `static leanclr::RtResultVoid ${name}_invoker(
    leanclr::metadata::RtManagedMethodPointer, const leanclr::metadata::RtMethodInfo*,
    const leanclr::interp::RtStackObject* params, leanclr::interp::RtStackObject* ret) noexcept {
${unused}${fetches.join('')}${done}    RET_VOID_OK();
}
`;
}

function* registrationText(base: string, header: string, named: readonly NamedNative[]): Generator<string, void> {
  yield `#include "${header}"
#include "public/leanclr.hpp"

// RET_VOID_OK names leanclr::Unit without its namespace.
using namespace leanclr;

`;
  for (const native of named) yield `${invokerText(native)}\n`;
  yield `void register_${base}() {\n`;
  for (const { native, name } of named) {
    const [register, type] =
      native.kind === 'pinvoke' ? ['register_pinvoke_func', 'PInvokeFunction'] : ['register_internal_call_func', 'InternalCallFunction'];
    yield `    leanclr::RuntimeApi::${register}(${stringLiteral(native.key)}, (leanclr::vm::${type})&${name}, ${name}_invoker);\n`;
  }
  yield '}\n';
}

/** Bytes of UTF-8 in a literal; octal escapes end after three digits, so that what follows is not taken in. */
const stringLiteral = (text: string): string => (/^[\x20-\x7e]*$/.test(text) && !/["\\?]/.test(text) ? `"${text}"` : escapedLiteral(text));

const escapedLiteral = (text: string): string =>
  `"${[...new TextEncoder().encode(text)]
    .map((byte) =>
      byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c && byte !== 0x3f
        ? String.fromCharCode(byte)
        : `\\${byte.toString(8).padStart(3, '0')}`,
    )
    .join('')}"`;
