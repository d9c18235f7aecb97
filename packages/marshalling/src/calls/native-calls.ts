import {
  isTokenOf,
  type Metadata,
  type MethodDefToken,
  makeToken,
  PInvokeAttributes,
  TableId,
  type Token,
  TypeAttributes,
  tokenRid,
} from '@ijw/metadata';
import {
  type AttributeDecoder,
  type AttributeValue,
  attributeDecoderOf,
  type CustomAttributeValue,
  customAttributesOfTypes,
} from '@ijw/metadata/attributes';
import { CallingConvention, type MethodSignature, SignatureFlags, type TypeNode } from '@ijw/metadata/signatures';
import type { PEImage } from '@ijw/pe';
import { ValueTypes } from '../forms/value-types.ts';
import { type MarshallingCause, marshalledPositions, marshallingCauses, NO_POSITIONS } from './marshalling-cause.ts';
import {
  type ConventionModifiers,
  combineConventions,
  type EffectiveConvention,
  effectiveConvention,
  returnTypeModifiers,
} from './unmanaged-convention.ts';

const SERVICES = 'System.Runtime.InteropServices';
const LCID_CONVERSION = `${SERVICES}.LCIDConversionAttribute`;
const UNMANAGED_CALL_CONV = `${SERVICES}.UnmanagedCallConvAttribute`;
const SUPPRESS_GC_TRANSITION = `${SERVICES}.SuppressGCTransitionAttribute`;
const UNMANAGED_CALLERS_ONLY = `${SERVICES}.UnmanagedCallersOnlyAttribute`;
const DISABLE_RUNTIME_MARSHALLING = 'System.Runtime.CompilerServices.DisableRuntimeMarshallingAttribute';
const ATTRIBUTES = [
  LCID_CONVERSION,
  UNMANAGED_CALL_CONV,
  SUPPRESS_GC_TRANSITION,
  UNMANAGED_CALLERS_ONLY,
  DISABLE_RUNTIME_MARSHALLING,
] as const;

/** The facts about a call across the boundary that its signature does not contain. */
export interface CallOptions {
  readonly setLastError: boolean;
  readonly preserveSig: boolean;
}

/** Conventions and marshalling of the calls of one metadata. What its methods share (attributes, value types) is looked up once. */
export class NativeCalls {
  readonly metadata: Metadata;
  /** The assembly has DisableRuntimeMarshallingAttribute: values cross as their bits. */
  readonly runtimeMarshallingDisabled: boolean;
  readonly #windows: boolean;
  readonly #normalizesStructures: boolean;
  readonly #valueTypes: ValueTypes;
  readonly #attributes: AttributeDecoder;
  readonly #lcidConversion: ReadonlyMap<Token, number>;
  readonly #unmanagedCallConv: ReadonlyMap<Token, number>;
  readonly #suppressGCTransition: ReadonlyMap<Token, number>;
  readonly #unmanagedCallersOnly: ReadonlyMap<Token, number>;
  readonly #classConstructors = new Map<number, boolean>();
  /** What has been worked out for signatures, by what decides besides. */
  readonly #conventions = new WeakMap<MethodSignature<TypeNode>, Map<number, EffectiveConvention>>();
  readonly #causes = new WeakMap<MethodSignature<TypeNode>, Map<number, readonly MarshallingCause[]>>();

  /** @throws BadImageError when the tables cannot be read */
  constructor(metadata: Metadata, image: Pick<PEImage, 'machine' | 'machineOs'>) {
    this.metadata = metadata;
    this.#windows = image.machineOs === undefined;
    this.#normalizesStructures = image.machine === 'i386';
    this.#valueTypes = new ValueTypes({ metadata });
    this.#attributes = attributeDecoderOf(metadata);
    const rids = customAttributesOfTypes(metadata, ATTRIBUTES);
    this.#lcidConversion = byParent(metadata, rids[LCID_CONVERSION]);
    this.#unmanagedCallConv = byParent(metadata, rids[UNMANAGED_CALL_CONV]);
    this.#suppressGCTransition = byParent(metadata, rids[SUPPRESS_GC_TRANSITION]);
    this.#unmanagedCallersOnly = byParent(metadata, rids[UNMANAGED_CALLERS_ONLY]);
    this.runtimeMarshallingDisabled = byParent(metadata, rids[DISABLE_RUNTIME_MARSHALLING]).has(makeToken(TableId.Assembly, 1));
  }

  /** The rows of CustomAttribute that make a method an entry for native code, by method. */
  get unmanagedCallersOnlyAttributes(): ReadonlyMap<Token, number> {
    return this.#unmanagedCallersOnly;
  }

  /** The value of a row of CustomAttribute. @throws BadImageError */
  attributeValue(rid: number) {
    return this.#attributes.decode(rid);
  }

  /** How many parameters come before the LCID that LCIDConversionAttribute asks for; `undefined` where it does not stand there. @throws BadImageError */
  lcidPositionOf(token: Token): number | undefined {
    const attribute = this.#lcidConversion.get(token);
    const value = attribute === undefined ? undefined : this.#attributes.decode(attribute).fixedArguments[0]?.value;
    return typeof value === 'number' ? value : undefined;
  }

  /** The method is an entry for native code, which no P/Invoke may be. */
  isUnmanagedCallersOnly(token: Token): boolean {
    return this.#unmanagedCallersOnly.has(token);
  }

  /** @param mappingFlags of the ImplMap row, if there is one; @throws BadImageError */
  conventionOf(token: Token, signature: MethodSignature<TypeNode>, mappingFlags = 0): EffectiveConvention {
    const attribute = this.#attributeOf(token);
    const suppresses = this.#suppressGCTransition.has(token);
    const make = () => this.#newConvention(signature, mappingFlags, attribute, suppresses);
    if (attribute !== undefined) return make();
    return keptFor(this.#conventions, signature, (mappingFlags & PInvokeAttributes.CallConvMask) | (suppresses ? 1 : 0), make);
  }

  #newConvention(
    signature: MethodSignature<TypeNode>,
    mappingFlags: number,
    attribute: ConventionModifiers | undefined,
    suppresses: boolean,
  ): EffectiveConvention {
    const convention = effectiveConvention({
      mappingFlags,
      ...(attribute !== undefined && { attribute }),
      modifiers: combineConventions(returnTypeModifiers(this.metadata, signature)),
      vararg: (signature.header & 0xf) === CallingConvention.VarArg,
      windows: this.#windows,
      parameterCount: signature.parameterTypes.length + (signature.header & SignatureFlags.HasThis ? 1 : 0),
    });
    return suppresses ? { ...convention, suppressGCTransition: true } : convention;
  }

  /** Two base conventions of UnmanagedCallersOnly leave the choice to the platform; of UnmanagedCallConv they are refused. */
  #attributeOf(token: Token): ConventionModifiers | undefined {
    const ofCall = this.#unmanagedCallConv.get(token);
    const row = ofCall ?? this.#unmanagedCallersOnly.get(token);
    if (row === undefined) return undefined;
    const modifiers = combineConventions(callConvTypes(this.#attributes.decode(row)));
    return ofCall === undefined && modifiers.multiple ? { ...modifiers, base: undefined, multiple: false } : modifiers;
  }

  /** The causes for which a call needs a marshalling stub. @throws BadImageError */
  causesOf(token: Token, signature: MethodSignature<TypeNode>, { setLastError, preserveSig }: CallOptions): readonly MarshallingCause[] {
    const isDefinition = isTokenOf(token, 'MethodDef');
    const lcidConversion = this.#lcidConversion.has(token);
    const classConstructor = isDefinition && this.#triggersClassConstructor(token);
    const described = isDefinition && !this.runtimeMarshallingDisabled ? marshalledPositions(this.metadata, token) : NO_POSITIONS;
    const make = () =>
      marshallingCauses({
        metadata: this.metadata,
        described,
        signature,
        valueTypes: this.#valueTypes,
        preserveSig,
        setLastError,
        lcidConversion,
        classConstructor,
        runtimeMarshallingDisabled: this.runtimeMarshallingDisabled,
        normalizesStructures: this.#normalizesStructures,
      });
    if (described.size > 0) return make();
    const options = (setLastError ? 1 : 0) | (preserveSig ? 2 : 0) | (lcidConversion ? 4 : 0) | (classConstructor ? 8 : 0);
    return keptFor(this.#causes, signature, options, make);
  }

  /** A type whose `.cctor` runs exactly before its first method. The module's own runs when the module is activated, whatever is called. */
  #triggersClassConstructor(method: MethodDefToken): boolean {
    const typeRid = tokenRid(this.metadata.declaringType(method));
    const cached = this.#classConstructors.get(typeRid);
    if (cached !== undefined) return cached;
    const triggers = typeRid > 1 && this.#hasPreciseConstructor(typeRid);
    this.#classConstructors.set(typeRid, triggers);
    return triggers;
  }

  #hasPreciseConstructor(typeRid: number): boolean {
    const { MethodDef, TypeDef } = this.metadata.tables;
    if (TypeDef.get(typeRid, 'Flags') & TypeAttributes.BeforeFieldInit) return false;
    for (const rid of this.metadata.methodsOf(typeRid)) {
      if (this.metadata.strings.get(MethodDef.get(rid, 'Name')) === '.cctor') return true;
    }
    return false;
  }
}

/** What was made for a signature and a number before, or is made now. */
function keptFor<T>(
  kept: WeakMap<MethodSignature<TypeNode>, Map<number, T>>,
  signature: MethodSignature<TypeNode>,
  key: number,
  make: () => T,
): T {
  let bySignature = kept.get(signature);
  if (bySignature === undefined) {
    bySignature = new Map();
    kept.set(signature, bySignature);
  }
  let value = bySignature.get(key);
  if (value === undefined) {
    value = make();
    bySignature.set(key, value);
  }
  return value;
}

/** Rows of CustomAttribute by what they stand on. @throws BadImageError */
function byParent(metadata: Metadata, rids: readonly number[]): ReadonlyMap<Token, number> {
  const parent = metadata.tables.CustomAttribute.column('Parent');
  const index = new Map<Token, number>();
  for (const rid of rids) {
    const token = parent.tokenOrBad(rid);
    if (token !== -1 && !index.has(token)) index.set(token, rid);
  }
  return index;
}

const typeName = (value: AttributeValue): readonly string[] => {
  if (typeof value !== 'string') return [];
  const end = value.indexOf(',');
  return [(end < 0 ? value : value.slice(0, end)).trim()];
};

/** The full names of the types in an attribute's `CallConvs` property or field. */
function callConvTypes({ namedArguments }: CustomAttributeValue): readonly string[] {
  const value = namedArguments.find(({ name }) => name === 'CallConvs')?.value;
  return Array.isArray(value) ? value.flatMap(typeName) : [];
}
