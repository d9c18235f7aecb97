// UnmanagedFunctionPointerAttribute; dotnet/runtime `src/coreclr/vm/dllimport.cpp`, PInvokeStaticSigInfo::DllImportInit of a delegate.

import {
  type Metadata,
  type MethodDefToken,
  makeToken,
  methodSignatureOf,
  TableId,
  type TypeDefToken,
  tokenRid,
  typeFullName,
} from '@ijw/metadata';
import { attributeDecoderOf, findCustomAttribute } from '@ijw/metadata/attributes';
import { CallingConvention } from '@ijw/metadata/signatures';
import type { CrossingParameter, NativeDelegate } from '../crossing-type.ts';
import { ADDRESS, type NativeTree, VOID_TREE } from '../native/native-tree.ts';
import { type FormSource, isUnsupported } from './native-form.ts';
import { requestOf } from './native-type-of.ts';
import { parameterRows } from './parameter-rows.ts';

/** The native function for a delegate. */
interface DelegateCall {
  /** `platform` where the attribute leaves it open. */
  readonly convention: string;
  /** Text is UTF-16 where nothing else is said. */
  readonly wide: boolean;
}

/** System.Runtime.InteropServices.CallingConvention and CharSet, by their values. */
const CONVENTIONS: Readonly<Record<number, string>> = { 2: 'cdecl', 3: 'stdcall', 4: 'thiscall', 5: 'fastcall' };
const WIDE: readonly unknown[] = [3, 4];

const FUNCTION_POINTER = 'System.Runtime.InteropServices.UnmanagedFunctionPointerAttribute';

/** @throws BadImageError */
function delegateCallOf(metadata: Metadata, delegate: TypeDefToken): DelegateCall {
  const row = findCustomAttribute(metadata, delegate, FUNCTION_POINTER);
  if (row === undefined) return { convention: 'platform', wide: false };
  const { fixedArguments, namedArguments } = attributeDecoderOf(metadata).decode(row);
  const convention = fixedArguments[0]?.value;
  return {
    convention: (typeof convention === 'number' ? CONVENTIONS[convention] : undefined) ?? 'platform',
    wide: WIDE.includes(namedArguments.find(({ name }) => name === 'CharSet')?.value),
  };
}

function invokeOf(metadata: Metadata, delegate: TypeDefToken): MethodDefToken | undefined {
  const { MethodDef } = metadata.tables;
  for (const rid of metadata.methodsOf(tokenRid(delegate)))
    if (metadata.strings.get(MethodDef.get(rid, 'Name')) === 'Invoke') return makeToken(TableId.MethodDef, rid);
  return undefined;
}

/** A delegate whose values are read when they are first asked for: one may lead back to itself. */
class Delegate implements NativeDelegate {
  readonly name: string;
  readonly fullName: string;
  readonly convention: string;
  readonly #read: () => readonly CrossingParameter[] | undefined;
  #values: readonly CrossingParameter[] | undefined;
  #isRead = false;

  constructor(name: string, source: FormSource, type: TypeDefToken) {
    const { convention, wide } = delegateCallOf(source.metadata, type);
    this.name = name;
    this.fullName = typeFullName(source.metadata, type);
    this.convention = convention;
    this.#read = () => valuesOf(source, type, wide);
  }

  get values(): readonly CrossingParameter[] | undefined {
    if (!this.#isRead) {
      this.#isRead = true;
      this.#values = this.#read();
    }
    return this.#values;
  }
}

function valuesOf(source: FormSource, delegate: TypeDefToken, wide: boolean): readonly CrossingParameter[] | undefined {
  const { metadata } = source;
  const invoke = invokeOf(metadata, delegate);
  if (invoke === undefined) return undefined;
  const { header, returnType, parameterTypes } = methodSignatureOf(metadata, invoke);
  if ((header & 0xf) === CallingConvention.VarArg) return undefined;
  const rows = parameterRows(metadata, invoke);
  const values: CrossingParameter[] = [];
  for (const [position, type] of [returnType, ...parameterTypes].entries()) {
    const { name = '', flags = 0, descriptor } = rows.get(position) ?? {};
    const form = source.form(type, requestOf(descriptor, wide, position === 0));
    if (isUnsupported(form)) return undefined;
    values.push({ position, name, flags, ...form });
  }
  return values;
}

/** The function that native code calls for a delegate type. @throws BadImageError */
export const nativeDelegate = (source: FormSource, type: TypeDefToken): NativeDelegate =>
  source.structures.delegate(source.metadata, type, (name) => new Delegate(name, source, type));

/** The function that native code sees of a delegate; an address for one that leads back to itself. @throws BadImageError */
export function delegateTree({ convention, values }: NativeDelegate): NativeTree {
  if (values === undefined) return ADDRESS;
  const [result, ...parameters] = values.map(({ native }) => native);
  return { kind: 'function', convention, returnType: result ?? VOID_TREE, parameters };
}
