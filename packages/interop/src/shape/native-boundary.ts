import type { Assembly } from '@ijw/assembly';
import { UnsupportedError } from '@ijw/binary';
import { type Architecture, architectureOf } from '@ijw/machine';
import {
  type CallContract,
  type CrossingParameter,
  CrossingTypes,
  type EffectiveConvention,
  ForwardCalls,
  NativeCalls,
  type NativeDelegate,
  type NativeStruct,
  NativeStructures,
  type NativeTree,
  planReverseCall,
  type Unsupported,
} from '@ijw/marshalling';
import { isTokenOf, type Metadata, type MethodDefToken, tokenRid } from '@ijw/metadata';
import { SignatureFlags } from '@ijw/metadata/signatures';
import type { PEImage } from '@ijw/pe';
import type { ManagedToNative } from '@ijw/vtfixup';

/** One function on the border: how it is called, and by which names. Where a processor has the arguments is left to compilers. */
export interface NativeCrossing extends Omit<CallContract, 'placement'> {
  readonly token: MethodDefToken;
  /** `Namespace.Type::Name`. */
  readonly method: string;
  /** The name alone. It may hold anything, `::` too. */
  readonly name: string;
  /** Its name in native code or among the exports. */
  readonly symbol: string;
  /** For functions of a library. */
  readonly library: string | undefined;
  /** The name that the runtime also looks for, because the P/Invoke has a character set and no ExactSpelling (ECMA-335 II.23.1.8, NoMangle). */
  readonly alternativeName: string | undefined;
  /** Behind native code that only jumps to it: a function that the image imports. */
  readonly imported: { readonly module: string; readonly name: string } | undefined;
  /** The name under which native code finds a managed function from outside. */
  readonly exportName: string | undefined;
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

/**
 * A method that has no native form is listed as refused.
 * @throws UnsupportedError where the assembly has no image or no metadata; BadImageError where the tables cannot be read
 */
export function readNativeBoundary(assembly: Assembly): NativeBoundary {
  const image = assembly.requireImage();
  const metadata = assembly.requireMetadata();
  const { boundary, diagnostics } = assembly;
  const contracts = new Contracts(image, boundary.calls ?? new NativeCalls(metadata, image));
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
    diagnostics.attempt(() => add(call.token, call.method, () => crossingOut(metadata, contracts.out(call), call)), call.token);
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
      () => add(token, method, () => crossingIn(metadata, contracts, { token, method, symbol, exportName, by, convention, isManaged })),
      token,
    );
  }
  return { module: moduleName(metadata), pointerSize: image.pointerSize, crossings, refused };
}

/** Empty for a token that is not a method of the module. */
const nameOf = (metadata: Metadata, token: number): string =>
  isTokenOf(token as MethodDefToken, 'MethodDef') ? metadata.strings.get(metadata.tables.MethodDef.get(token & 0xffffff, 'Name')) : '';

const moduleName = (metadata: Metadata): string =>
  metadata.strings.get(metadata.tables.Module.get(1, 'Name')).replace(/\.(?:dll|exe|netmodule|node)$/i, '');

/** ImplMap flags, ECMA-335 II.23.1.8. */
const NO_MANGLE = 1;
const CHARSET_MASK = 6;

function crossingOut(metadata: Metadata, contract: CallContract, call: ManagedToNative): NativeCrossing {
  const flags = call.implMap?.flags ?? 0;
  const isNamed = contract.by === 'named';
  return Object.assign(withoutPlacement(contract), {
    token: call.token,
    method: call.method,
    name: nameOf(metadata, call.token),
    symbol: isNamed ? (call.implMap?.name ?? '') : nameOf(metadata, call.token),
    library: isNamed ? call.implMap?.module : undefined,
    alternativeName: isNamed ? alternativeName(call, flags) : undefined,
    imported: importedBy(call),
    exportName: undefined,
  });
}

/** A spread would ask for the placement, which is worked out when it is asked for. */
function withoutPlacement(contract: CallContract): Omit<CallContract, 'placement'> {
  const { kind, direction, by, convention, parameters, returnValue, result, hresultSwapping, setLastError } = contract;
  return { kind, direction, by, convention, parameters, returnValue, arguments: contract.arguments, result, hresultSwapping, setLastError };
}

function alternativeName({ implMap }: ManagedToNative, flags: number): string | undefined {
  if (implMap === undefined || flags & NO_MANGLE || !(flags & CHARSET_MASK)) return undefined;
  return `${implMap.name}${(flags & CHARSET_MASK) >= 4 ? 'W' : 'A'}`;
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
  readonly by: 'slot' | 'unmanagedCallersOnly';
  readonly convention: EffectiveConvention;
  readonly isManaged: boolean;
}

function crossingIn(metadata: Metadata, contracts: Contracts, entry: Entry): NativeCrossing {
  const { token, method, symbol, exportName } = entry;
  if (entry.isManaged) throw new UnsupportedError('the slot holds the address that managed code calls: native code cannot use it');
  if (!isTokenOf(token as MethodDefToken, 'MethodDef')) throw new UnsupportedError('the slot names a method of another module');
  return Object.assign(withoutPlacement(contracts.in(token as MethodDefToken, entry)), {
    token: token as MethodDefToken,
    method,
    name: nameOf(metadata, token),
    symbol,
    library: undefined,
    alternativeName: undefined,
    imported: undefined,
    exportName,
  });
}

/** The contracts of one image's calls, with structures that both directions share. */
class Contracts {
  readonly #metadata: Metadata;
  readonly #architecture: Architecture;
  readonly #forward: ForwardCalls;
  readonly #reverse: CrossingTypes;

  constructor(image: PEImage, calls: NativeCalls) {
    const structures = new NativeStructures();
    const { metadata } = calls;
    this.#metadata = metadata;
    this.#architecture = architectureOf(image.machine) ?? (image.pointerSize === 4 ? 'x86' : 'x64');
    this.#forward = new ForwardCalls({ architecture: this.#architecture, host: 'core', calls, structures });
    this.#reverse = new CrossingTypes(metadata, image.pointerSize, { direction: 'reverse', host: 'core', structures });
  }

  /** @throws UnsupportedError with the reason of a refusal; BadImageError */
  out(call: ManagedToNative): CallContract {
    const { token, refusal } = call;
    if (refusal) throw new UnsupportedError(`the runtime refuses the method: ${refusal.message}`);
    this.#check(token);
    return taken(this.#forward.ofPInvoke(call, { target: '' }));
  }

  /** @throws UnsupportedError with the reason of a refusal; BadImageError */
  in(token: MethodDefToken, { by, convention }: Pick<Entry, 'by' | 'convention'>): CallContract {
    this.#check(token);
    const metadata = this.#metadata;
    const signature = metadata.blobs.get(metadata.tables.MethodDef.get(tokenRid(token), 'Signature'));
    const input = { architecture: this.#architecture, metadata, types: this.#reverse, signature, methodDef: token, by };
    return taken(planReverseCall({ ...input, conventionOf: () => convention }));
  }

  #check(token: MethodDefToken): void {
    const { blobs, tables } = this.#metadata;
    const [header = 0] = blobs.get(tables.MethodDef.get(tokenRid(token), 'Signature'));
    if (header & SignatureFlags.Generic || this.#metadata.genericParamsOf(this.#metadata.declaringType(token)).length > 0)
      throw new UnsupportedError('a generic method has no native form');
    if (header & SignatureFlags.HasThis) throw new UnsupportedError('an instance method: its object cannot cross');
  }
}

function taken(contract: CallContract | Unsupported): CallContract {
  if (contract.kind === 'unsupported') throw new UnsupportedError(reasonOf(contract));
  return contract;
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
