import type { RuntimeId } from '@ijw/assembly/runtime-profiles';
import { WindowsError, type WindowsErrorName } from '@ijw/windows';
import { clrRefusals } from './clr-error.ts';
import type { ClrRefusalDetails } from './load-refusal.ts';
import { type RefusedImage, type RuntimeRefusal, refusalOf } from './refusal-by-runtime.ts';

/** What a managed caller sees where Windows has refused the module of the file that it loads. */
export function moduleNotLoaded(file: string, details: ClrRefusalDetails): ClrRefusalDetails {
  const text = Object.values(WindowsError).find((error) => error.hresult === details.hresult)?.text ?? details.reason;
  return { ...details, exception: clrRefusals.moduleNotLoaded(file, details.hresult, text) };
}

/** What a runtime answers where Windows does not load a mixed image, by the error of Windows. Without a load: for tools that know the error already. */
export function moduleRefusal(runtime: RuntimeId, image: RefusedImage, error: WindowsErrorName): RuntimeRefusal {
  const { hresult, text } = WindowsError[error];
  return refusalOf(runtime, moduleNotLoaded(image.file ?? '', { rule: 'moduleNotLoaded', hresult, reason: text }), image);
}

/** What a runtime answers to a broken rule of its own. Without a load: for tools that know what is broken. */
export function ruleRefusal(runtime: RuntimeId, rule: BrokenRule, image: RefusedImage): RuntimeRefusal {
  const exception = RULE_EXCEPTIONS[rule](image.file);
  return refusalOf(runtime, { rule, hresult: exception.hresult, reason: '', exception }, image);
}

/** The rules whose exceptions do not depend on more than the file. */
export type BrokenRule = keyof typeof RULE_EXCEPTIONS;

const RULE_EXCEPTIONS = {
  architectureMismatch: clrRefusals.architectureMismatch,
  noCliHeader: clrRefusals.badIlFormat,
  mixedFromBytes: () => clrRefusals.badFormat(undefined),
  mixedInBundle: clrRefusals.badFormat,
  collectibleContext: clrRefusals.collectible,
  olderRuntime: clrRefusals.badFormat,
  newerRuntime: clrRefusals.badFormat,
  assemblyNotFound: (file: string | undefined) => clrRefusals.assemblyNotFound(file ?? ''),
} as const;
