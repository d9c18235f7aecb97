// dotnet/runtime `src/coreclr/vm/ilmarshalers.cpp`: what the marshallers do to booleans, characters and text, either way.

import { UsageError } from '@ijw/binary';
import { type AddressSpace, integerOf, isFault, NativeFault } from '@ijw/machine';
import type { CrossingType, TextEncoding } from '@ijw/marshalling';
import type { GuestStack } from '@ijw/windows';
import { nativeBytes, nativeValue } from '../native/native-value.ts';

/** The longest text; longer data is assumed not to be text. */
const TEXT_LIMIT = 0x10_0000;

/** The ANSI code page of a Windows for western Europe and America. */
const ANSI = new TextDecoder('windows-1252');
const UTF8 = new TextDecoder();
const WIDE = new TextDecoder('utf-16le');

/** The memory that conversions read native text from and write copies of managed text to. */
export interface ConversionSpace {
  readonly memory: AddressSpace;
  readonly stack: GuestStack;
  readonly pointerSize: 4 | 8;
}

/** The bytes before a zero, in units of `unit` bytes. @throws NativeFault */
function terminated(memory: AddressSpace, address: number, unit: 1 | 2): Uint8Array {
  const bytes: number[] = [];
  for (let at = address; bytes.length < TEXT_LIMIT; at += unit) {
    const read = memory.read(at, unit);
    if (isFault(read)) throw new NativeFault(read);
    if (read.every((byte) => byte === 0)) return Uint8Array.from(bytes);
    for (const byte of read) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

const DECODERS: Readonly<Record<TextEncoding, { readonly decoder: TextDecoder; readonly unit: 1 | 2 }>> = {
  ansi: { decoder: ANSI, unit: 1 },
  ansiBstr: { decoder: ANSI, unit: 1 },
  utf8: { decoder: UTF8, unit: 1 },
  utf16: { decoder: WIDE, unit: 2 },
  bstr: { decoder: WIDE, unit: 2 },
};

function textAt(memory: AddressSpace, address: number, encoding: TextEncoding): string | null {
  if (address === 0) return null;
  const { decoder, unit } = DECODERS[encoding];
  return decoder.decode(terminated(memory, address, unit));
}

/** The reason why a value cannot be converted here: its type has another marshaller. */
export const notConverted = ({ managed, nativeText, conversion }: CrossingType): string | undefined =>
  conversion.kind === 'runtime' || conversion.kind === 'decimal' ? `${managed} is not converted to ${nativeText} here` : undefined;

/** The managed value of native bytes. @throws NativeFault */
export function toManaged({ memory }: ConversionSpace, { abi, conversion }: CrossingType, bytes: Uint8Array): unknown {
  switch (conversion.kind) {
    case 'none':
    case 'runtime':
    case 'decimal':
      return nativeValue(abi, bytes);
    case 'boolean':
      return integerOf(bytes) !== 0n;
    case 'character':
      return conversion.encoding === 'ansi' ? ANSI.decode(bytes.subarray(0, 1)) : WIDE.decode(bytes.subarray(0, 2));
    case 'date':
      return dateOfAutomation(nativeValue(abi, bytes) as number);
    case 'addressOfValue':
      return bytes.slice();
    case 'text':
      return textAt(memory, Number(integerOf(bytes)), conversion.encoding);
    default:
      return Number(integerOf(bytes));
  }
}

const wideBytes = (text: string): Uint8Array => {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < text.length; index++) view.setUint16(index * 2, text.charCodeAt(index), true);
  return bytes;
};

const ansiByUnit = new Map(Array.from({ length: 256 }, (_, byte) => [ANSI.decode(Uint8Array.of(byte)), byte] as const));
const QUESTION_MARK = 0x3f;

/** A character that the code page lacks becomes a question mark. */
const ansiBytes = (text: string): Uint8Array => Uint8Array.from([...text], (character) => ansiByUnit.get(character) ?? QUESTION_MARK);

const ENCODERS: Readonly<Record<TextEncoding, { readonly encode: (text: string) => Uint8Array; readonly unit: 1 | 2 }>> = {
  ansi: { encode: ansiBytes, unit: 1 },
  ansiBstr: { encode: ansiBytes, unit: 1 },
  utf8: { encode: (text) => new TextEncoder().encode(text), unit: 1 },
  utf16: { encode: wideBytes, unit: 2 },
  bstr: { encode: wideBytes, unit: 2 },
};

/** A copy of the text in memory that is given back when the call is over. @throws NativeFault */
function copiedText({ memory, stack }: ConversionSpace, text: string, encoding: TextEncoding): number {
  const { encode, unit } = ENCODERS[encoding];
  const bytes = encode(text);
  stack.pointer -= Math.ceil((bytes.length + unit) / 16) * 16;
  const fault = memory.write(stack.pointer, Uint8Array.from([...bytes, 0, 0].slice(0, bytes.length + unit)));
  if (fault) throw new NativeFault(fault);
  return stack.pointer;
}

const single = (value: unknown): string => {
  if (typeof value !== 'string' || value.length !== 1) throw new UsageError('A character is a string of one');
  return value;
};

/** The native bytes for what managed code passes or returns. @throws NativeFault; UsageError where the value is of another type */
export function toNative(space: ConversionSpace, { abi, conversion }: CrossingType, value: unknown): Uint8Array {
  switch (conversion.kind) {
    case 'boolean':
      return nativeBytes(abi, value ? conversion.trueValue : 0);
    case 'character':
      return nativeBytes(abi, conversion.encoding === 'ansi' ? ansiBytes(single(value))[0] : single(value).charCodeAt(0));
    case 'date':
      if (!(value instanceof Date)) throw new UsageError(`${typeof value} is not a Date`);
      return nativeBytes(abi, automationOfDate(value));
    case 'text':
      if (value === null || value === undefined) return nativeBytes(abi, 0);
      if (typeof value !== 'string') throw new UsageError(`${typeof value} is not text`);
      return nativeBytes(abi, copiedText(space, value, conversion.encoding));
    default:
      return nativeBytes(abi, value);
  }
}

// dotnet/runtime `src/libraries/System.Private.CoreLib/src/System/DateTime.cs`, OADateToTicks and TicksToOADate.
const DAY = 86_400_000;
/** 30 December 1899, in milliseconds from 1 January 1970. */
const EPOCH = -25_569 * DAY;

/** A DATE counts days; before its epoch the whole days are negative, and the time of the day is not. */
function dateOfAutomation(days: number): Date {
  const milliseconds = Math.trunc(days * DAY + (days >= 0 ? 0.5 : -0.5));
  const sincePoint = milliseconds < 0 ? milliseconds - (milliseconds % DAY) * 2 : milliseconds;
  return new Date(EPOCH + sincePoint);
}

function automationOfDate(date: Date): number {
  let milliseconds = date.getTime() - EPOCH;
  const time = milliseconds % DAY;
  if (milliseconds < 0 && time !== 0) milliseconds -= (DAY + time) * 2;
  return milliseconds / DAY;
}
