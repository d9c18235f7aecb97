import type { Assembly } from '@ijw/assembly';
import { lazyFor, UnsupportedError } from '@ijw/binary';
import { isNativeCode } from '@ijw/marshalling';
import {
  type Metadata,
  type MethodDefToken,
  makeToken,
  methodCodeKind,
  methodFullName,
  methodSignatureOf,
  parameterName,
  parameterRids,
  TableId,
} from '@ijw/metadata';
import { type MethodSignature, SignatureFlags, type TypeNode } from '@ijw/metadata/signatures';
import type { StubRefusal } from '../generated/stub-set.ts';
import { leanClrMethod } from './method-signature.ts';
import { type LeanClrMethod, longestKey, nativeKindOf } from './registry.ts';
import { SlotValues, type SlotValueType } from './slot-value.ts';

/** A method that native code implements, with what an invoker needs. */
export interface LeanClrNative extends LeanClrMethod {
  readonly token: MethodDefToken;
  readonly fullName: string;
  /** The key under which the native function is registered: the longest form of its table. */
  readonly key: string;
  readonly kind: 'pinvoke' | 'internalCall';
  /** `this` first, where there is one. */
  readonly parameters: readonly { readonly name: string; readonly value: SlotValueType }[];
  readonly result: SlotValueType | undefined;
}

export interface LeanClrNatives {
  readonly natives: readonly LeanClrNative[];
  readonly refused: readonly StubRefusal[];
}

/**
 * P/Invokes and internal calls of a module, or of them those that are asked for by `Type::Method` or token (which may also be methods with a body: internal calls override them).
 * @throws UnsupportedError where a method that is asked for does not exist, or the assembly has no metadata; BadImageError
 */
export function leanClrNatives(assembly: Assembly, wanted: readonly string[] = []): LeanClrNatives {
  const metadata = assembly.requireMetadata();
  const { MethodDef } = metadata.tables;
  const shapes = new CallShapes(metadata);
  const natives: LeanClrNative[] = [];
  const refused: StubRefusal[] = [];
  const missing = new Set(wanted);
  for (let rid = 1; rid <= MethodDef.rowCount; rid++) {
    const token = makeToken(TableId.MethodDef, rid);
    if (wanted.length === 0 && !isNativeCode(methodCodeKind(metadata, token))) continue;
    const fullName = methodFullName(metadata, token);
    const names = wanted.filter((name) => name === fullName || Number(name) === token);
    if (wanted.length > 0 && names.length === 0) continue;
    for (const name of names) missing.delete(name);
    try {
      natives.push(readNative(metadata, shapes, token, fullName));
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      refused.push({ token, method: fullName, reason: error.message });
    }
  }
  for (const name of missing) throw new UnsupportedError(`Method "${name.slice(0, 120)}" not found`);
  return { natives, refused };
}

function readNative(metadata: Metadata, shapes: CallShapes, token: MethodDefToken, fullName: string): LeanClrNative {
  const method = leanClrMethod(metadata, token);
  const { signature, isPInvoke, isInternalCall, hasBody } = method;
  const kind = nativeKindOf(method);
  const { parameters, result } = shapes.of(token);
  const key = longestKey(kind, signature);
  return { signature, isPInvoke, isInternalCall, hasBody, token, fullName, key, kind, parameters, result };
}

type CallShape = Pick<LeanClrNative, 'parameters' | 'result'>;

/** What crosses in calls. Methods without names for their parameters have one shape for a signature. */
class CallShapes {
  readonly #metadata: Metadata;
  readonly #values: SlotValues;
  readonly #bare: (signature: MethodSignature<TypeNode>) => CallShape;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
    this.#values = new SlotValues(metadata);
    this.#bare = lazyFor((signature) => this.#shapeOf(signature, new Map()));
  }

  /** @throws UnsupportedError for a value whose size is not known */
  of(token: MethodDefToken): CallShape {
    const signature = methodSignatureOf(this.#metadata, token);
    const rows = parameterRids(this.#metadata, token);
    return rows.size === 0 ? this.#bare(signature) : this.#shapeOf(signature, rows);
  }

  #shapeOf({ header, returnType, parameterTypes }: MethodSignature<TypeNode>, rows: ReadonlyMap<number, number>): CallShape {
    const self = header & SignatureFlags.HasThis ? [{ name: 'self', value: { slot: 'pointer', cpp: 'void*' } as const }] : [];
    const parameters = parameterTypes.map((type, index) => {
      const value = this.#values.of(type);
      if (value === undefined) throw new UnsupportedError('a parameter of type void');
      return { name: parameterName(this.#metadata, rows.get(index + 1)), value };
    });
    return { parameters: [...self, ...parameters], result: this.#values.of(returnType) };
  }
}
