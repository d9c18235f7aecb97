import type { Assembly } from '@ijw/assembly';
import { type BadImageError, UnsupportedError } from '@ijw/binary';
import { type MethodDefToken, makeToken, TableId } from '@ijw/metadata';
import { leanClrMethod } from './method-signature.ts';
import { type LeanClrMethod, lookUpKeys, nativeKindOf, type RegistrationKind } from './registry.ts';
import { formatLeanClrSignature, type LeanClrSignature } from './signature.ts';

export interface LeanClrMethodEntry extends LeanClrMethod {
  readonly token: MethodDefToken;
  /** The full form, with module and parameters. */
  readonly text: string;
}

/** Methods by the keys of one kind of registration. */
type KeyedMethods = Map<string, LeanClrMethodEntry[]>;

/** Every method of an assembly by the keys under which LeanCLR would find it. */
export class LeanClrMethodIndex {
  readonly methods: readonly LeanClrMethodEntry[];
  /** Methods whose names the grammar cannot hold, and why. */
  readonly unnameable: readonly { readonly token: MethodDefToken; readonly reason: string }[];
  /** By the table that each method is looked up in first where it has no body. */
  readonly #native: KeyedMethods = new Map();
  /** P/Invokes alone. */
  readonly #platformInvokes: KeyedMethods = new Map();
  /** Every method: internal calls and intrinsics override bodies and P/Invokes. */
  readonly #all: KeyedMethods = new Map();

  /** A method with a bad signature is a diagnostic. @throws UnsupportedError where the assembly has no metadata; BadImageError for tables that cannot be read */
  constructor(assembly: Assembly, diagnostics = assembly.diagnostics) {
    const metadata = assembly.requireMetadata();
    const methods: LeanClrMethodEntry[] = [];
    const unnameable: { token: MethodDefToken; reason: string }[] = [];
    for (let rid = 1; rid <= metadata.tables.MethodDef.rowCount; rid++) {
      const token = makeToken(TableId.MethodDef, rid);
      try {
        const method = leanClrMethod(metadata, token);
        methods.push({ ...method, token, text: formatLeanClrSignature(method.signature) });
      } catch (error) {
        if (error instanceof UnsupportedError) unnameable.push({ token, reason: error.message });
        else diagnostics.record(error as BadImageError, 'error', token);
      }
    }
    this.methods = methods;
    this.unnameable = unnameable;
    for (const entry of methods) this.#add(entry);
  }

  #add(entry: LeanClrMethodEntry): void {
    const keys = (kind: RegistrationKind): readonly string[] => lookUpKeys(kind, entry.signature);
    const add = (table: KeyedMethods, key: string): void => {
      const entries = table.get(key);
      if (entries === undefined) table.set(key, [entry]);
      else if (entries.at(-1) !== entry) entries.push(entry);
    };
    const kind = nativeKindOf(entry);
    for (const key of keys(kind)) add(this.#native, key);
    if (kind === 'pinvoke') for (const key of keys('pinvoke')) add(this.#platformInvokes, key);
    for (const key of keys('internalCall')) add(this.#all, key);
  }

  /**
   * The methods that a signature string means: none, one, or several for a short form of an overloaded name.
   * @param kind the table that it is registered in; without it, the one that fits each method
   */
  find(signature: LeanClrSignature, kind?: RegistrationKind): readonly LeanClrMethodEntry[] {
    const table = kind === undefined ? this.#native : kind === 'pinvoke' ? this.#platformInvokes : this.#all;
    const found = table.get(formatLeanClrSignature(signature)) ?? [];
    const createsObjects = kind === 'newobjInternalCall' || kind === 'newobjIntrinsic';
    return createsObjects ? found.filter(({ signature: { method } }) => method === '.ctor') : found;
  }
}
