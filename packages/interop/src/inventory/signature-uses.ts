// ECMA-335 II.23.2: where function pointers and custom modifiers stand in signatures.

import type { Diagnostics } from '@ijw/binary';
import { type BlobHeap, type Metadata, makeToken, TableId, type Token } from '@ijw/metadata';
import {
  CallingConvention,
  ElementType,
  type MethodSignature,
  SignatureDecoder,
  type SignatureTypeProvider,
  signatureKindOf,
} from '@ijw/metadata/signatures';

/** A chain of custom modifiers around a type, outermost first; a type without any is 0, a named one its token. */
type Mark = number | { readonly modifier: Token; readonly required: boolean; readonly inner: Mark };

/** A method signature inside another one (ECMA-335 II.23.2.12), or the signature of a `calli`. */
export interface SignatureUse {
  /** The row whose signature it stands in. */
  readonly place: Token;
  /** First byte: `CallingConvention` and `SignatureFlags`. */
  readonly header: number;
  /** Modifiers of the return type, outermost first. */
  readonly modifiers: readonly { readonly type: Token; readonly required: boolean }[];
}

export interface SignatureUses {
  readonly functionPointers: readonly SignatureUse[];
  /** Signatures of `calli` in StandAloneSig. */
  readonly callSites: readonly SignatureUse[];
  /** Signatures of methods, by row. */
  readonly methods: readonly SignatureUse[];
  /** How often each type is a modifier, by `token * 2 + required`. */
  readonly modifiers: ReadonlyMap<number, number>;
}

const signatureColumns = [
  ['Field', 'Signature'],
  ['MethodDef', 'Signature'],
  ['MemberRef', 'Signature'],
  ['StandAloneSig', 'Signature'],
  ['Property', 'Type'],
  ['TypeSpec', 'Signature'],
  ['MethodSpec', 'Instantiation'],
] as const;

const NO_MODIFIERS: SignatureUse['modifiers'] = [];

function modifiersOf(mark: Mark): SignatureUse['modifiers'] {
  if (typeof mark === 'number') return NO_MODIFIERS;
  const modifiers: { type: Token; required: boolean }[] = [];
  for (let at: Mark = mark; typeof at === 'object'; at = at.inner) modifiers.push({ type: at.modifier, required: at.required });
  return modifiers;
}

/** Notes what it passes; keeps no tree. */
class UseCollector implements SignatureTypeProvider<Mark> {
  readonly functionPointers: SignatureUse[] = [];
  readonly counts = new Map<number, number>();
  place = 0 as Token;

  primitive = (): Mark => 0;
  named = (token: Token): Mark => token;
  pointer = (): Mark => 0;
  byReference = (): Mark => 0;
  pinned = (): Mark => 0;
  szArray = (): Mark => 0;
  array = (): Mark => 0;
  genericInstance = (): Mark => 0;
  genericTypeParameter = (): Mark => 0;
  genericMethodParameter = (): Mark => 0;

  functionPointer({ header, returnType }: MethodSignature<Mark>): Mark {
    this.functionPointers.push({ place: this.place, header, modifiers: modifiersOf(returnType) });
    return 0;
  }

  modified(modifier: Mark, inner: Mark, required: boolean): Mark {
    const token = (typeof modifier === 'number' ? modifier : 0) as Token;
    const key = token * 2 + (required ? 1 : 0);
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
    return { modifier: token, required, inner };
  }
}

/** Whether a signature may have a function pointer in it: most have not even the byte, and need not be decoded to know. */
function mayHaveFunctionPointer(blobs: BlobHeap, offset: number): boolean {
  const start = blobs.start(offset);
  const end = start + blobs.open(offset);
  for (let at = start; at < end; at++) if (blobs.bytes[at] === ElementType.FnPtr) return true;
  return false;
}

/** Reads only signatures that have function pointers, and those of `calli`: `methods` and `modifiers` are not complete. */
export const readPointerUses = (metadata: Metadata, diagnostics: Diagnostics): Pick<SignatureUses, 'functionPointers' | 'callSites'> =>
  readUses(metadata, diagnostics, true);

/** Reads every signature of the tables once. One that cannot be read is reported and passed over. */
export const readSignatureUses = (metadata: Metadata, diagnostics: Diagnostics): SignatureUses => readUses(metadata, diagnostics, false);

function readUses(metadata: Metadata, diagnostics: Diagnostics, onlyPointers: boolean): SignatureUses {
  const collector = new UseCollector();
  const callSites: SignatureUse[] = [];
  const methods: SignatureUse[] = [];
  const decoder = new SignatureDecoder(collector);
  for (const [table, column] of signatureColumns) {
    const rows = metadata.tables[table];
    const signatures = rows.columns.find(({ name }) => name === column);
    for (let rid = 1; signatures !== undefined && rid <= rows.rowCount; rid++) {
      collector.place = makeToken(TableId[table], rid);
      diagnostics.attempt(() => {
        const isCall = table === 'StandAloneSig' && isCallSignature(metadata, signatures.at(rid));
        if (onlyPointers && !isCall && !mayHaveFunctionPointer(metadata.blobs, signatures.at(rid))) return;
        decoder.open(metadata.blobs, signatures.at(rid));
        const signature = table === 'TypeSpec' ? decoder.type() : decodeOne(decoder);
        const list = table === 'StandAloneSig' ? callSites : table === 'MethodDef' ? methods : undefined;
        if (list !== undefined && typeof signature === 'object' && 'returnType' in signature)
          list.push({ place: collector.place, header: signature.header, modifiers: modifiersOf(signature.returnType) });
      }, collector.place);
    }
  }
  return { functionPointers: collector.functionPointers, callSites, methods, modifiers: collector.counts };
}

const isCallSignature = ({ blobs }: Metadata, offset: number): boolean =>
  blobs.length(offset) > 0 && signatureKindOf(blobs.bytes[blobs.start(offset)]!) === 'method';

function decodeOne(decoder: SignatureDecoder<Mark>): MethodSignature<Mark> | undefined {
  switch (signatureKindOf(decoder.header ?? CallingConvention.Default)) {
    case 'field':
      decoder.field();
      return undefined;
    case 'locals':
      decoder.locals();
      return undefined;
    case 'methodSpec':
      decoder.methodSpec();
      return undefined;
    default:
      return decoder.method();
  }
}
