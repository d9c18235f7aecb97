// dotnet/runtime `src/coreclr/vm/dllimport.cpp`, PInvokeStaticSigInfo; `src/coreclr/vm/util.cpp`, ReadBestFitCustomAttribute.

import { lazyFor } from '@ijw/binary';
import { type Metadata, type MethodDefToken, makeToken, PInvokeAttributes, TableId, type Token } from '@ijw/metadata';
import { attributeDecoderOf, findCustomAttribute } from '@ijw/metadata/attributes';

/** The conversion of text in a call. */
export interface TextConversion {
  /** Strings and characters without MarshalAs. `Auto` is UTF-16 on every Windows that .NET runs on. */
  readonly charSet: 'ansi' | 'unicode';
  /** A character that the code page lacks becomes a similar one. */
  readonly bestFitMapping: boolean;
  /** A character that the code page lacks is an error instead of a question mark. */
  readonly throwOnUnmappableChar: boolean;
}

type UnmappableText = Omit<TextConversion, 'charSet'>;

const BEST_FIT = 'System.Runtime.InteropServices.BestFitMappingAttribute';

const DEFAULT_TEXT: UnmappableText = { bestFitMapping: true, throwOnUnmappableChar: false };

function attributeTextOf(metadata: Metadata, place: Token): UnmappableText | undefined {
  const rid = findCustomAttribute(metadata, place, BEST_FIT);
  if (rid === undefined) return undefined;
  const { fixedArguments, namedArguments } = attributeDecoderOf(metadata).decode(rid);
  const throwing = namedArguments.find(({ name }) => name === 'ThrowOnUnmappableChar')?.value;
  return { bestFitMapping: fixedArguments[0]?.value !== false, throwOnUnmappableChar: throwing === true };
}

/** What was found, by the type that was asked about: one declares many P/Invokes. */
const knownTexts = lazyFor((_: Metadata) => new Map<Token, UnmappableText>());

/** The attribute of the type counts, else that of the assembly. */
function inheritedText(metadata: Metadata, method: MethodDefToken): UnmappableText {
  const known = knownTexts(metadata);
  const type = metadata.declaringType(method);
  const text =
    known.get(type) ?? attributeTextOf(metadata, type) ?? attributeTextOf(metadata, makeToken(TableId.Assembly, 1)) ?? DEFAULT_TEXT;
  known.set(type, text);
  return text;
}

function isWide(mappingFlags: number): boolean {
  const charSet = mappingFlags & PInvokeAttributes.CharSetMask;
  return charSet === PInvokeAttributes.CharSetUnicode || charSet === PInvokeAttributes.CharSetAuto;
}

/**
 * The flags of the ImplMap row, else BestFitMappingAttribute. DefaultCharSetAttribute is not read: compilers write its value into the rows.
 * Without a row text is ANSI. @throws BadImageError
 */
export function textConversionOf(metadata: Metadata, method: MethodDefToken, mappingFlags: number | undefined): TextConversion {
  const inherited = inheritedText(metadata, method);
  if (mappingFlags === undefined) return { charSet: 'ansi', ...inherited };
  const bestFit = mappingFlags & PInvokeAttributes.BestFitMask;
  const unmappable = mappingFlags & PInvokeAttributes.ThrowOnUnmappableCharMask;
  return {
    charSet: isWide(mappingFlags) ? 'unicode' : 'ansi',
    bestFitMapping:
      bestFit === PInvokeAttributes.BestFitEnabled || (bestFit !== PInvokeAttributes.BestFitDisabled && inherited.bestFitMapping),
    throwOnUnmappableChar:
      unmappable === PInvokeAttributes.ThrowOnUnmappableCharEnabled ||
      (unmappable !== PInvokeAttributes.ThrowOnUnmappableCharDisabled && inherited.throwOnUnmappableChar),
  };
}
