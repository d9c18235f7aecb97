import { type BadImageError, Diagnostics, UnsupportedError } from '@ijw/binary';
import { type Metadata, type MethodDefToken, makeToken, TableId } from '@ijw/metadata';
import { leanClrSignature } from './method-signature.ts';
import { lookUpKeys } from './registry.ts';
import { formatLeanClrSignature, type LeanClrSignature } from './signature.ts';

export interface LeanClrMethodEntry {
  readonly token: MethodDefToken;
  readonly signature: LeanClrSignature;
  /** The full form, with module and parameters. */
  readonly text: string;
}

/** Every method of an assembly by the keys under which LeanCLR would find it. */
export class LeanClrMethodIndex {
  readonly methods: readonly LeanClrMethodEntry[];
  /** Methods whose names the grammar cannot hold, and why. */
  readonly unnameable: readonly { readonly token: MethodDefToken; readonly reason: string }[];
  readonly #byKey = new Map<string, LeanClrMethodEntry[]>();

  /** Throws `BadImageError` only for tables that cannot be read; a method with a bad signature is a diagnostic. */
  constructor(metadata: Metadata, diagnostics = new Diagnostics()) {
    const methods: LeanClrMethodEntry[] = [];
    const unnameable: { token: MethodDefToken; reason: string }[] = [];
    for (let rid = 1; rid <= metadata.tables.MethodDef.rowCount; rid++) {
      const token = makeToken(TableId.MethodDef, rid);
      try {
        const signature = leanClrSignature(metadata, token);
        methods.push({ token, signature, text: formatLeanClrSignature(signature) });
      } catch (error) {
        if (error instanceof UnsupportedError) unnameable.push({ token, reason: error.message });
        else diagnostics.record(error as BadImageError, 'error', token);
      }
    }
    this.methods = methods;
    this.unnameable = unnameable;
    for (const entry of methods) for (const key of lookUpKeys('pinvoke', entry.signature)) this.#add(key, entry);
  }

  #add(key: string, entry: LeanClrMethodEntry): void {
    const entries = this.#byKey.get(key);
    if (entries === undefined) this.#byKey.set(key, [entry]);
    else if (!entries.includes(entry)) entries.push(entry);
  }

  /** The methods that a signature string means: none, one, or several for a short form of an overloaded name. */
  find(signature: LeanClrSignature): readonly LeanClrMethodEntry[] {
    return this.#byKey.get(formatLeanClrSignature(signature)) ?? [];
  }

  /** Whether `T::M` would be registered for more than one method. */
  isAmbiguous(entry: LeanClrMethodEntry): boolean {
    return this.find({ ...entry.signature, module: undefined, parameters: undefined }).length > 1;
  }
}
