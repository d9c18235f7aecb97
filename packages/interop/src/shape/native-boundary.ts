import { type Diagnostics, UnsupportedError } from '@ijw/binary';
import {
  type CrossingParameter,
  CrossingTypes,
  type EffectiveConvention,
  type MarshallingWay,
  type NativeDelegate,
  type NativeStruct,
  NativeStructures,
  type NativeTree,
  parameterRows,
  type Unsupported,
} from '@ijw/marshalling';
import { isTokenOf, type Metadata, type MethodDefToken, methodSignatureOf, SignatureFlags } from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';
import { Boundary, type ManagedToNative } from '@ijw/vtfixup';

/** One function on the border, as both sides see it. */
export interface NativeCrossing {
  readonly direction: 'managedToNative' | 'nativeToManaged';
  /** `rva`: native code in the image; `named`: a function of a library; `slot`: through the fixup table; `unmanagedCallersOnly`: by a pointer that managed code hands out. */
  readonly by: 'rva' | 'named' | 'slot' | 'unmanagedCallersOnly';
  readonly token: MethodDefToken;
  /** `Namespace.Type::Name`. */
  readonly method: string;
  /** The name alone. It may hold anything, `::` too. */
  readonly name: string;
  /** What native code calls it, or what it is exported as. */
  readonly symbol: string;
  /** For functions of a library. */
  readonly library: string | undefined;
  /** The name that the runtime also looks for, because the P/Invoke has a character set and no ExactSpelling (ECMA-335 II.23.1.8, NoMangle). */
  readonly alternativeName: string | undefined;
  /** Behind native code that only jumps to it: a function that the image imports. */
  readonly imported: { readonly module: string; readonly name: string } | undefined;
  /** The name under which native code finds a managed function from outside. */
  readonly exportName: string | undefined;
  readonly convention: EffectiveConvention;
  readonly setLastError: boolean;
  /** PreserveSig is clear: the native function returns an HRESULT, and its result through a last parameter. */
  readonly returnsHresult: boolean;
  readonly returnValue: CrossingParameter;
  readonly parameters: readonly CrossingParameter[];
}

export interface RefusedCrossing {
  readonly token: number;
  readonly method: string;
  readonly reason: string;
}

/** Every function on the border of a module, with the structures that they use. */
export interface NativeBoundary {
  readonly module: string;
  readonly pointerSize: 4 | 8;
  readonly crossings: readonly NativeCrossing[];
  readonly refused: readonly RefusedCrossing[];
}

/** @throws BadImageError where the tables cannot be read; a method that has no native form is listed as refused */
export function readNativeBoundary(image: PEImage, metadata: Metadata, diagnostics: Diagnostics): NativeBoundary {
  const boundary = Boundary.of(image, metadata, { diagnostics });
  const structures = new NativeStructures();
  const typesOf = (direction: MarshallingWay['direction']): CrossingTypes =>
    new CrossingTypes(metadata, image.pointerSize, { direction, host: 'core', structures });
  const [forward, reverse] = [typesOf('forward'), typesOf('reverse')];
  const crossings: NativeCrossing[] = [];
  const refused: RefusedCrossing[] = [];
  const add = (token: number, method: string, make: () => NativeCrossing): void => {
    try {
      crossings.push(make());
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      refused.push({ token, method, reason: error.message });
    }
  };
  for (const call of boundary.managedToNative) {
    if (call.kind === 'internalCall') continue;
    diagnostics.attempt(() => add(call.token, call.method, () => crossingOut(metadata, forward, call)), call.token);
  }
  const seen = new Set<number>();
  for (const entry of [...boundary.nativeToManaged, ...boundary.unmanagedCallersOnly]) {
    const { token, method = '', convention } = entry;
    if (seen.has(token) || convention === undefined) continue;
    seen.add(token);
    const by = 'slot' in entry ? ('slot' as const) : ('unmanagedCallersOnly' as const);
    const exportName = 'slot' in entry ? entry.exports.find(({ name }) => name !== undefined)?.name : entry.entryPoint;
    const symbol = exportName ?? nameOf(metadata, token);
    const isManaged = 'slot' in entry && entry.managedConvention;
    diagnostics.attempt(
      () => add(token, method, () => crossingIn(metadata, reverse, { token, method, symbol, exportName, by, convention, isManaged })),
      token,
    );
  }
  return { module: moduleName(metadata), pointerSize: image.pointerSize, crossings, refused };
}

/** Empty for a token that is no method of the module. */
const nameOf = (metadata: Metadata, token: number): string =>
  isTokenOf(token as MethodDefToken, 'MethodDef') ? metadata.strings.get(metadata.tables.MethodDef.get(token & 0xffffff, 'Name')) : '';

const moduleName = (metadata: Metadata): string =>
  metadata.strings.get(metadata.tables.Module.get(1, 'Name')).replace(/\.(?:dll|exe|netmodule|node)$/i, '');

/** ImplMap flags, ECMA-335 II.23.1.8. */
const NO_MANGLE = 1;
const CHARSET_MASK = 6;

function crossingOut(metadata: Metadata, types: CrossingTypes, call: ManagedToNative): NativeCrossing {
  const flags = call.implMap?.flags ?? 0;
  const wide = (flags & CHARSET_MASK) >= 4;
  if (call.refusal) throw new UnsupportedError(`the runtime refuses the method: ${call.refusal.message}`);
  const by = call.kind === 'rva' ? ('rva' as const) : ('named' as const);
  return {
    direction: 'managedToNative',
    by,
    token: call.token,
    method: call.method,
    name: nameOf(metadata, call.token),
    symbol: by === 'named' ? (call.implMap?.name ?? '') : nameOf(metadata, call.token),
    library: by === 'named' ? call.implMap?.module : undefined,
    alternativeName: by === 'named' ? alternativeName(call, flags, wide) : undefined,
    imported: importedBy(call),
    exportName: undefined,
    convention: call.convention,
    setLastError: call.setLastError,
    returnsHresult: !call.preserveSig,
    ...values(metadata, types, call.token, wide),
  };
}

function alternativeName({ implMap }: ManagedToNative, flags: number, wide: boolean): string | undefined {
  if (implMap === undefined || flags & NO_MANGLE || !(flags & CHARSET_MASK)) return undefined;
  return `${implMap.name}${wide ? 'W' : 'A'}`;
}

function importedBy({ stub }: ManagedToNative): NativeCrossing['imported'] {
  if (stub?.target.kind !== 'import') return undefined;
  const { module, name } = stub.target.function;
  return name === undefined ? undefined : { module, name };
}

interface Entry {
  readonly exportName: string | undefined;
  readonly token: number;
  readonly method: string;
  readonly symbol: string;
  readonly by: NativeCrossing['by'];
  readonly convention: EffectiveConvention;
  readonly isManaged: boolean;
}

function crossingIn(metadata: Metadata, types: CrossingTypes, entry: Entry): NativeCrossing {
  const { token, method, symbol, by, convention } = entry;
  if (entry.isManaged) throw new UnsupportedError('the slot holds the address that managed code calls: native code cannot use it');
  if (!isTokenOf(token as MethodDefToken, 'MethodDef')) throw new UnsupportedError('the slot names a method of another module');
  return {
    direction: 'nativeToManaged',
    by,
    token: token as MethodDefToken,
    method,
    name: nameOf(metadata, token),
    symbol,
    library: undefined,
    alternativeName: undefined,
    imported: undefined,
    exportName: entry.exportName,
    convention,
    setLastError: false,
    returnsHresult: false,
    ...values(metadata, types, token as MethodDefToken, false),
  };
}

function values(metadata: Metadata, types: CrossingTypes, token: MethodDefToken, wide: boolean) {
  const signature = methodSignatureOf(metadata, token);
  if (signature.genericParameterCount > 0 || metadata.genericParamsOf(metadata.declaringType(token)).length > 0)
    throw new UnsupportedError('a generic method has no native form');
  if (signature.header & SignatureFlags.HasThis) throw new UnsupportedError('an instance method: its object cannot cross');
  const [returnValue, ...parameters] = types.ofMethod(signature, parameterRows(metadata, token), wide).map((value) => {
    if ('kind' in value) throw new UnsupportedError(reasonOf(value));
    return value;
  });
  return { returnValue: returnValue!, parameters };
}

const reasonOf = ({ reason, elsewhere }: Unsupported): string =>
  elsewhere === undefined ? reason : `${elsewhere} is defined in another assembly; its size is not known`;

/** The structures that types need, each after those that are in it. */
export function structsOf(crossings: readonly NativeCrossing[]): readonly NativeStruct[] {
  const ordered = new Set<NativeStruct>();
  const entered = new Set<NativeStruct>();
  const later: NativeStruct[] = [];
  const visit = (type: NativeTree, behindPointer: boolean): void => {
    if (type.kind === 'pointer') visit(type.element, true);
    else if (type.kind === 'array') visit(type.element, behindPointer);
    else if (type.kind === 'function') for (const part of [type.returnType, ...type.parameters]) visit(part, true);
    else if (type.kind === 'struct' && behindPointer) later.push(type.struct);
    else if (type.kind === 'struct') enter(type.struct);
  };
  const enter = (struct: NativeStruct): void => {
    if (entered.has(struct)) return;
    entered.add(struct);
    for (const { type } of struct.fields ?? []) visit(type, false);
    ordered.add(struct);
  };
  for (const { returnValue, parameters } of crossings) for (const { native } of [returnValue, ...parameters]) visit(native, false);
  for (let next = later.pop(); next !== undefined; next = later.pop()) enter(next);
  return [...ordered];
}

/** The types of delegates that the parameters of outgoing calls are, each before those that are in its own parameters. */
export function delegatesOf(crossings: readonly NativeCrossing[]): readonly NativeDelegate[] {
  const found = new Set<NativeDelegate>();
  const add = ({ conversion }: CrossingParameter): void => {
    if (conversion.kind === 'delegate' && conversion.delegate?.values !== undefined) found.add(conversion.delegate);
  };
  for (const { direction, parameters } of crossings) if (direction === 'managedToNative') parameters.forEach(add);
  for (const { values = [] } of found) values.forEach(add);
  return [...found];
}
