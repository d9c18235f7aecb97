// dotnet/runtime `src/coreclr/vm/ilmarshalers.cpp`: what the marshallers do to booleans, characters and text, either way.

import { UsageError } from '@ijw/binary';
import { type AddressSpace, isFault } from '@ijw/machine';
import type { MarshalledValue } from '@ijw/marshalling';
import { nativeBytes, nativeValue } from '../native/native-value.ts';
import { integerOf, NativeFault } from '../platform/evaluated-memory.ts';
import type { GuestStack } from '../process/guest-stack.ts';
import { automationOfDate, dateOfAutomation } from './automation-date.ts';

/** Longer text is taken for memory that is none. */
const TEXT_LIMIT = 0x10_0000;

/** The ANSI code page of a Windows for western Europe and America. */
const ANSI = new TextDecoder('windows-1252');
const UTF8 = new TextDecoder();
const WIDE = new TextDecoder('utf-16le');

/** Where conversions read native text and put copies of managed text. */
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
    bytes.push(...read);
  }
  return Uint8Array.from(bytes);
}

const DECODERS = {
  ansiString: { decoder: ANSI, unit: 1 },
  utf8String: { decoder: UTF8, unit: 1 },
  wideString: { decoder: WIDE, unit: 2 },
} as const;

function textAt(memory: AddressSpace, address: number, kind: keyof typeof DECODERS): string | null {
  if (address === 0) return null;
  const { decoder, unit } = DECODERS[kind];
  return decoder.decode(terminated(memory, address, unit));
}

/** Why a value cannot be converted here: the marshaller of its type is none of these. */
export const notConverted = ({ managed, native, blittable, conversion, abi }: MarshalledValue): string | undefined =>
  blittable || conversion !== undefined || abi.kind === 'void' ? undefined : `${managed} is not converted to ${native} here`;

/** What managed code gets for native bytes. @throws NativeFault */
export function toManaged({ memory }: ConversionSpace, { abi, conversion }: MarshalledValue, bytes: Uint8Array): unknown {
  switch (conversion) {
    case undefined:
      return nativeValue(abi, bytes);
    case 'address':
      return Number(integerOf(bytes));
    case 'boolean':
    case 'variantBool':
      return integerOf(bytes) !== 0n;
    case 'ansiChar':
      return ANSI.decode(bytes.subarray(0, 1));
    case 'wideChar':
      return WIDE.decode(bytes.subarray(0, 2));
    case 'date':
      return dateOfAutomation(nativeValue(abi, bytes) as number);
    case 'addressOfValue':
      return bytes.slice();
    default:
      return textAt(memory, Number(integerOf(bytes)), conversion);
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

/** What has no counterpart becomes a question mark. */
const ansiBytes = (text: string): Uint8Array => Uint8Array.from([...text], (character) => ansiByUnit.get(character) ?? QUESTION_MARK);

const ENCODERS = {
  ansiString: { encode: ansiBytes, unit: 1 },
  utf8String: { encode: (text: string) => new TextEncoder().encode(text), unit: 1 },
  wideString: { encode: wideBytes, unit: 2 },
} as const;

/** A copy of the text in memory that is given back when the call is over. @throws NativeFault */
function copiedText({ memory, stack }: ConversionSpace, text: string, kind: keyof typeof ENCODERS): number {
  const { encode, unit } = ENCODERS[kind];
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
export function toNative(space: ConversionSpace, { abi, conversion }: MarshalledValue, value: unknown): Uint8Array {
  switch (conversion) {
    case undefined:
    case 'address':
    case 'addressOfValue':
      return nativeBytes(abi, value);
    case 'boolean':
      return nativeBytes(abi, value ? 1 : 0);
    case 'variantBool':
      return nativeBytes(abi, value ? -1 : 0);
    case 'ansiChar':
      return nativeBytes(abi, ansiBytes(single(value))[0]);
    case 'wideChar':
      return nativeBytes(abi, single(value).charCodeAt(0));
    case 'date':
      if (!(value instanceof Date)) throw new UsageError(`${typeof value} is no Date`);
      return nativeBytes(abi, automationOfDate(value));
    default: {
      if (value === null || value === undefined) return nativeBytes(abi, 0);
      if (typeof value !== 'string') throw new UsageError(`${typeof value} is no text`);
      return nativeBytes(abi, copiedText(space, value, conversion));
    }
  }
}
