import { hex, UnsupportedError } from '@ijw/binary';
import { type CallDirection, identifier, type NativeStruct, type NativeTree } from '@ijw/marshalling';
import { fileName, LongFile } from '../generated/generated-file.ts';
import type { StubEntry, StubSet } from '../generated/stub-set.ts';
import { UniqueNames } from '../generated/unique-names.ts';
import { type NativeBoundary, type NativeCrossing, structsOf } from '../shape/native-boundary.ts';
import { C_RESERVED, CONVENTION_MACROS, declaration } from './c-type.ts';
import { comment, structText } from './struct-text.ts';

const PREAMBLE = `#ifdef __cplusplus
#include <cstddef>
#include <cstdint>
#define IJW_ASSERT(condition, message) static_assert(condition, message)
#else
#include <stddef.h>
#include <stdint.h>
#define IJW_ASSERT(condition, message) _Static_assert(condition, message)
#endif

#if defined(_MSC_VER)
#define IJW_ALIGN(bytes) __declspec(align(bytes))
#else
#define IJW_ALIGN(bytes) __attribute__((aligned(bytes)))
#endif

#if defined(_MSC_VER)
#define IJW_CDECL __cdecl
#define IJW_STDCALL __stdcall
#define IJW_THISCALL __thiscall
#define IJW_FASTCALL __fastcall
#elif defined(__i386__)
#define IJW_CDECL __attribute__((cdecl))
#define IJW_STDCALL __attribute__((stdcall))
#define IJW_THISCALL __attribute__((thiscall))
#define IJW_FASTCALL __attribute__((fastcall))
#else
#define IJW_CDECL
#define IJW_STDCALL
#define IJW_THISCALL
#define IJW_FASTCALL
#endif

#define IJW_BY_POINTER(wide, narrow) (sizeof(void *) == 8 ? (wide) : (narrow))

/* A unit of UTF-16. */
#ifdef _WIN32
typedef wchar_t ijw_char16;
#else
typedef uint16_t ijw_char16;
#endif

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wbuiltin-declaration-mismatch"
#endif
`;

const EPILOGUE = `#ifdef __GNUC__
#pragma GCC diagnostic pop
#endif
#ifdef __cplusplus
}
#endif
`;

/** A header with the native prototype of every function on the border, and assertions about the structures that they pass. */
export function cStubs(boundary: NativeBoundary): StubSet {
  const { crossings, refused, module } = boundary;
  if (crossings.length + refused.length === 0)
    throw new UnsupportedError(`${module} calls no native code and none calls it, so there is nothing to generate`);
  const structs = structsOf(crossings);
  const names = new UniqueNames(new Set([...C_RESERVED, ...structs.map(({ name }) => name)]));
  const declared = new Set<string>();
  const entries: StubEntry[] = [];
  const prototypes: Prototype[] = [];
  crossings.forEach((crossing, index) => {
    const wanted = symbolOf(crossing);
    const name = names.take(wanted);
    prototypes.push({ crossing, name, again: declared.has(wanted) });
    declared.add(wanted);
    entries.push({ index, token: crossing.token, symbol: name });
  });
  const file = new LongFile(fileName(module, '.h'), () => headerText(boundary, structs, prototypes));
  return { files: [file], entries, refusals: refused };
}

interface Prototype {
  readonly crossing: NativeCrossing;
  readonly name: string;
  /** Another function has the symbol. */
  readonly again: boolean;
}

function* headerText(
  { module, refused }: NativeBoundary,
  structs: readonly NativeStruct[],
  prototypes: readonly Prototype[],
): Generator<string, void> {
  const guard = `IJW_${identifier(module).toUpperCase()}_H`;
  yield `/* The functions on the border between managed and native code of ${comment(module)}, and the structures that they pass. */\n`;
  yield `#ifndef ${guard}\n#define ${guard}\n\n${PREAMBLE}\n`;
  for (const { name } of structs) yield `typedef struct ${name} ${name};\n`;
  yield '\n#pragma pack(push, 1)\n';
  for (const struct of structs) if (struct.fields !== undefined) yield structText(struct);
  yield '#pragma pack(pop)\n\n';
  yield* section('Called by managed code', prototypes, 'managedToNative');
  yield* section('Called by native code', prototypes, 'nativeToManaged');
  for (const { method, reason } of refused) yield `/* not expressible: ${comment(method)}: ${comment(reason)} */\n`;
  yield `${EPILOGUE}\n#endif\n`;
}

function* section(title: string, prototypes: readonly Prototype[], direction: CallDirection): Generator<string, void> {
  let isEmpty = true;
  for (const prototype of prototypes) {
    if (prototype.crossing.direction !== direction) continue;
    if (isEmpty) yield `/* ${title}. */\n\n`;
    isEmpty = false;
    yield prototypeText(prototype);
  }
  if (!isEmpty) yield '\n';
}

/** The name that native code knows it by, where that is an identifier; else the method's. */
function symbolOf({ symbol, name }: NativeCrossing): string {
  const isIdentifier = /^[A-Za-z_]\w{0,199}$/.test(symbol);
  return isIdentifier ? symbol : identifier(name);
}

function prototypeText({ crossing, name, again }: Prototype): string {
  const { convention, library, symbol, method, token } = crossing;
  const [returnType, parameters] = nativeSignature(crossing);
  const list = [...parameters, ...(convention.vararg && parameters.length > 0 ? ['...'] : [])].join(', ');
  const declarator = `${CONVENTION_MACROS[convention.convention]} ${name}(${list || (convention.vararg ? '' : 'void')})`;
  const from = library === undefined ? '' : ` in ${comment(library)}${symbol === name ? '' : `, ${comment(symbol)}`}`;
  const note = `/* ${hex(token, 8)} ${comment(method)}${from}${crossing.setLastError ? ', sets the last error' : ''} */\n`;
  // A second prototype of a function can only be a type.
  return `${note}${again ? 'typedef' : 'extern'} ${declaration(returnType, declarator)};\n`;
}

/** The result and the parameters, in the order of the native call. */
function nativeSignature({ arguments: values, result }: NativeCrossing): [NativeTree, string[]] {
  const unique = new UniqueNames(C_RESERVED);
  const list = values.map((argument, index) => {
    if (argument.kind === 'lcid') return declaration({ kind: 'scalar', scalar: 'int32' }, unique.take('lcid'));
    const { native, name } = argument.value;
    if (argument.kind === 'retval') return declaration({ kind: 'pointer', element: native }, unique.take('result'));
    return declaration(native, unique.take(name === '' ? `argument${index}` : identifier(name)));
  });
  return [result.native, list];
}
