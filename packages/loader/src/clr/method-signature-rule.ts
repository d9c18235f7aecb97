import { BadImageError } from '@ijw/binary';
import {
  CallingConvention,
  decodeMethodSignature,
  type Metadata,
  SignatureFlags,
  type SignatureTypeProvider,
  tableNameOf,
  tokenRid,
  tokenTable,
} from '@ijw/metadata';

/** What is asked of a type in a signature: nothing is void but what is returned, and every type it names is there. */
type Part = 'type' | 'void' | 'missing';

/** `validateTokenSig` (vm/siginfo.cpp): whether a MethodDef's signature is one, and agrees with its flags about `this`. */
export class MethodSignatureRule {
  readonly #metadata: Metadata;
  readonly #provider: SignatureTypeProvider<Part>;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
    this.#provider = partsOf(metadata);
  }

  /** @throws BadImageError when there is no such method */
  isBroken(methodRid: number): boolean {
    const { MethodDef } = this.#metadata.tables;
    const isStatic = (MethodDef.get(methodRid, 'Flags') & STATIC) !== 0;
    try {
      const blob = this.#metadata.blobs.get(MethodDef.get(methodRid, 'Signature'));
      const { header, returnType, parameterTypes } = decodeMethodSignature(blob, this.#provider);
      if (!CONVENTIONS.includes(header & 0xf) || header & SignatureFlags.ExplicitThis) return true;
      if (((header & SignatureFlags.HasThis) !== 0) === isStatic) return true;
      return returnType === 'missing' || parameterTypes.some((part) => part !== 'type');
    } catch (error) {
      if (error instanceof BadImageError) return true;
      throw error;
    }
  }
}

const STATIC = 0x10;
const CONVENTIONS: readonly number[] = [CallingConvention.Default, CallingConvention.VarArg];

const wrap = (element: Part): Part => (element === 'missing' ? 'missing' : 'type');
const worst = (parts: readonly Part[]): Part => (parts.includes('missing') ? 'missing' : 'type');

function partsOf(metadata: Metadata): SignatureTypeProvider<Part> {
  return {
    primitive: (type) => (type === 'void' ? 'void' : 'type'),
    named: (token) => {
      const table = tableNameOf(tokenTable(token));
      return table !== undefined && metadata.tables[table].has(tokenRid(token)) ? 'type' : 'missing';
    },
    pointer: wrap,
    byReference: wrap,
    pinned: wrap,
    szArray: wrap,
    array: wrap,
    genericInstance: (generic, args) => worst([generic, ...args]),
    genericTypeParameter: () => 'type',
    genericMethodParameter: () => 'type',
    functionPointer: ({ returnType, parameterTypes }) => worst([returnType, ...parameterTypes]),
    modified: (modifier, unmodified) => (modifier === 'missing' ? 'missing' : unmodified),
  };
}
