// dotnet/runtime `src/coreclr/vm/dllimport.cpp` (NDirectMethodDesc::FindEntryPoint): the names that are tried.

import { ifReadable } from '@ijw/binary';
import { PInvokeAttributes } from '@ijw/metadata';
import { TypeSizes } from '@ijw/metadata/layout';
import { isSystemDll } from '@ijw/pe/imports';
import type { PlatformInvokeMethod } from '../../inventory/platform-invoke-method.ts';
import type { TableCheck } from '../context/check.ts';
import type { LintContext } from '../context/lint-context.ts';
import type { NativeExports } from '../context/lint-options.ts';

/** Libraries that another system or the runtime itself brings, so that no application deploys them: without extension, in lower case. */
const OTHER_LIBRARIES: ReadonlySet<string> = new Set(
  [
    // The systems that .NET runs on beside Windows.
    'libc libc.so.6 libdl libdl.so.2 libm libm.so.6 libpthread librt libobjc libobjc.dylib libsystem.dylib libsystem_kernel',
    // What the runtime itself resolves.
    'qcall __internal * coreclr hostpolicy hostfxr clr mscorwks',
  ].flatMap((line) => line.split(' ')),
);

/** Whether the system or the runtime provides a library: the runtime's own shims by their prefixes, others by name. */
function isSystemLibrary(name: string): boolean {
  const bare = name
    .toLowerCase()
    .replace(/^.*[\\/]/, '')
    .replace(/\.dll$/, '');
  return isSystemDll(bare) || OTHER_LIBRARIES.has(bare) || /^(?:lib)?system\.[a-z.]*native/.test(bare);
}

const ARGUMENT_SLOT = 4;
const decorated = /^[_@]?(.+)@(\d+)$/;

/** Bytes of the arguments on an x86 stack; `undefined` where a type's size is not known. */
function argumentBytes({ metadata }: LintContext, { values }: PlatformInvokeMethod): number | undefined {
  const sizes = new TypeSizes(metadata, { pointerSize: 4 });
  let bytes = 0;
  for (const { type } of values.slice(1)) {
    const size = ifReadable(() => sizes.of(type))?.size;
    if (size === undefined) return undefined;
    bytes += Math.ceil(size / ARGUMENT_SLOT) * ARGUMENT_SLOT;
  }
  return bytes;
}

/** What the runtime looks for, in its order; `@N` only where the image is for x86. */
function candidates(context: LintContext, method: PlatformInvokeMethod, bytes: number | undefined): readonly string[] {
  const name = method.mapping?.entryPoint || method.name;
  const flags = method.mapping?.flags ?? 0;
  const charSet = flags & PInvokeAttributes.CharSetMask;
  const isWide = charSet === PInvokeAttributes.CharSetUnicode || charSet === PInvokeAttributes.CharSetAuto;
  const names = flags & PInvokeAttributes.NoMangle ? [name] : isWide ? [`${name}W`, name] : [name, `${name}A`];
  const isX86 = context.module.image?.machine === 'i386';
  return isX86 && bytes !== undefined ? names.flatMap((one) => [one, `_${one}@${bytes}`]) : names;
}

const isExported = ({ names, ordinals }: NativeExports, wanted: readonly string[]): boolean =>
  wanted.some((name) => (name.startsWith('#') ? ordinals.includes(Number(name.slice(1))) : names.includes(name)));

/** A decorated name of the function that says another number of bytes. */
function otherDecoration(
  names: readonly string[],
  wanted: string,
  bytes: number,
): { name: string; decorated: number; bytes: number } | undefined {
  for (const name of names) {
    const match = decorated.exec(name);
    if (match?.[1] === wanted && Number(match[2]) !== bytes) return { name, decorated: Number(match[2]), bytes };
  }
  return undefined;
}

function checkMethod(context: LintContext, method: PlatformInvokeMethod): void {
  const name = method.mapping?.entryPoint || method.name;
  const bytes = argumentBytes(context, method);
  const library = method.mapping?.moduleName ?? '';
  const found = context.options.nativeLibrary?.(library);
  const exported = found && 'names' in found ? found : undefined;
  if (found && 'problem' in found && !isSystemLibrary(library))
    context.report('NI025', { token: method.token, values: { library, function: name, problem: found.problem } });
  const ownName = decorated.exec(name);
  const other = bytes === undefined ? undefined : otherDecoration(ownName ? [name] : (exported?.names ?? []), ownName?.[1] ?? name, bytes);
  if (other) context.report('NI018', { token: method.token, values: other });
  const wanted = candidates(context, method, bytes);
  if (exported === undefined || other !== undefined || isExported(exported, wanted)) return;
  context.report('NI016', { token: method.token, values: { library, candidates: wanted.join(', ') } });
}

/** NI016, NI018 and NI025: P/Invokes against what libraries export. */
export const nativeLibrary: TableCheck = {
  rules: ['NI016', 'NI018', 'NI025'],
  run(context) {
    for (const method of context.module.platformInvokes) {
      if (method.kind === 'named') context.module.diagnostics.attempt(() => checkMethod(context, method), method.token);
    }
  },
};
