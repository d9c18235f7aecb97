import { ifReadable } from '@ijw/binary';
import { isTokenOf, type Metadata, tokenRid } from '@ijw/metadata';
import { SignatureDecoder, SignatureFlags, type SignatureTypeProvider } from '@ijw/metadata/signatures';
import type { StackPop, StackPush } from '../opcodes/opcode.ts';
import { OpCodes, opCodesByIndex } from '../opcodes/opcode-table.ts';

/** How many values an instruction takes from the evaluation stack, and how many it leaves there. */
export interface StackEffect {
  readonly pops: number;
  readonly pushes: number;
}

/** The effect of a call on the stack, by its token; `undefined` if unknown. */
export type CallEffects = (opCodeIndex: number, token: number) => StackEffect | undefined;

/** In `popCounts` and `pushCounts`: determined by the operand's signature. */
export const VARIABLE_COUNT = 0xff;

const popCount = (pop: StackPop): number => (pop === 'VarPop' ? VARIABLE_COUNT : pop === 'Pop0' ? 0 : pop.split('+').length);
const pushCount = (push: StackPush): number => (push === 'VarPush' ? VARIABLE_COUNT : push === 'Push0' ? 0 : push.split('+').length);

/** By opcode index. */
export const popCounts: Uint8Array = Uint8Array.from(opCodesByIndex, (opCode) => (opCode ? popCount(opCode.pop) : 0));
export const pushCounts: Uint8Array = Uint8Array.from(opCodesByIndex, (opCode) => (opCode ? pushCount(opCode.push) : 0));

/** Whether a type is `void`, under any modifiers. */
const isVoid: SignatureTypeProvider<boolean> = {
  primitive: (type) => type === 'void',
  named: () => false,
  pointer: () => false,
  byReference: () => false,
  pinned: () => false,
  szArray: () => false,
  array: () => false,
  genericInstance: () => false,
  genericTypeParameter: () => false,
  genericMethodParameter: () => false,
  functionPointer: () => false,
  modified: (_, unmodified) => unmodified,
};

/** The values that a signature's method takes, `this` apart, whether it takes `this` besides, and whether it gives one back. */
interface CallShape {
  readonly parameters: number;
  readonly hasThis: boolean;
  readonly returns: boolean;
}

function effectOf(opCodeIndex: number, { parameters, hasThis, returns }: CallShape): StackEffect {
  if (opCodeIndex === OpCodes.newobj.index) return { pops: parameters, pushes: 1 };
  const pointer = opCodeIndex === OpCodes.calli.index ? 1 : 0;
  return { pops: parameters + (hasThis ? 1 : 0) + pointer, pushes: returns ? 1 : 0 };
}

/** `CallEffects` from the signatures of an assembly's own methods and references. Remembers each token. */
export function callEffectsOf(metadata: Metadata): CallEffects {
  const decoder = new SignatureDecoder(isVoid);
  const shapes = new Map<number, CallShape | undefined>();

  const blobOf = (token: number): number | undefined => {
    const rid = tokenRid(token);
    if (isTokenOf(token, 'MethodDef')) return metadata.tables.MethodDef.get(rid, 'Signature');
    if (isTokenOf(token, 'MemberRef')) return metadata.tables.MemberRef.get(rid, 'Signature');
    if (isTokenOf(token, 'StandAloneSig')) return metadata.tables.StandAloneSig.get(rid, 'Signature');
    if (!isTokenOf(token, 'MethodSpec')) return undefined;
    const method = metadata.tables.MethodSpec.column('Method').token(rid);
    return isTokenOf(method, 'MethodSpec') ? undefined : blobOf(method);
  };

  const read = (token: number): CallShape | undefined => {
    return ifReadable(() => {
      const blob = blobOf(token);
      if (blob === undefined) return undefined;
      const { header, parameterTypes, returnType } = decoder.open(metadata.blobs, blob, 'the signature of a call').method();
      const hasThis = (header & (SignatureFlags.HasThis | SignatureFlags.ExplicitThis)) === SignatureFlags.HasThis;
      return { parameters: parameterTypes.length, hasThis, returns: !returnType };
    });
  };

  return (opCodeIndex, token) => {
    if (!shapes.has(token)) shapes.set(token, read(token));
    const shape = shapes.get(token);
    return shape && effectOf(opCodeIndex, shape);
  };
}
