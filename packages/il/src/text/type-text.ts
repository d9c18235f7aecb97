import { TableId, type TypeDefOrRefToken, tokenTable } from '@ijw/metadata';
import {
  type ArrayShape,
  CallingConvention,
  type MethodSignature,
  type PrimitiveName,
  SignatureFlags,
  type SignatureTypeProvider,
} from '@ijw/metadata/signatures';
import type { TextSink } from './text-sink.ts';

const CONVENTIONS: ReadonlyMap<number, string> = new Map([
  [CallingConvention.Default, ''],
  [CallingConvention.C, 'unmanaged cdecl '],
  [CallingConvention.StdCall, 'unmanaged stdcall '],
  [CallingConvention.ThisCall, 'unmanaged thiscall '],
  [CallingConvention.FastCall, 'unmanaged fastcall '],
  [CallingConvention.VarArg, 'vararg '],
  [CallingConvention.Unmanaged, 'unmanaged '],
]);

/** `instance `, `vararg `, …: the words before a return type. */
export function conventionText(header: number): string {
  const convention = CONVENTIONS.get(header & 0xf);
  if (convention === undefined || header & 0x80) return `callconv(${header & ~SignatureFlags.Generic}) `;
  const hasThis = header & SignatureFlags.HasThis ? 'instance ' : '';
  const explicit = header & SignatureFlags.ExplicitThis ? 'explicit ' : '';
  return `${hasThis}${explicit}${convention}`;
}

/** ECMA-335 II.14.2: a size, or `lower...upper`, with what is not given left out. One dimension without bounds is `...`, which sets it apart from a vector. */
function boundText(size: number | undefined, lower: number | undefined, rank: number): string {
  if (size !== undefined && (lower === undefined || lower === 0)) return String(size);
  if (lower === undefined) return rank === 1 ? '...' : '';
  return size === undefined ? `${lower}...` : `${lower}...${lower + size - 1}`;
}

/** More dimensions no runtime loads (CoreCLR's MAX_RANK is 32); a signature may claim any number. */
const MAX_RANK = 64;

/** Why ilasm does not make the same shape again from its text. */
function shapeLoss({ rank, sizes, lowerBounds }: ArrayShape): string | undefined {
  if (rank > MAX_RANK) return `An array has ${rank} dimensions, of which ${MAX_RANK} are written`;
  if (sizes.some((size, dimension) => size === 0 && (lowerBounds[dimension] ?? 0) !== 0))
    return 'An array dimension has size 0 and a lower bound other than 0: ilasm has no syntax for it, the size is left out';
  if (sizes.length > lowerBounds.length) return 'An array has sizes without lower bounds: ilasm adds lower bounds of 0';
  return undefined;
}

/** Takes what ilasm would not make again from the text, where strict text is wanted. */
export type LossSink = (message: string) => void;

const LESS = 0x3c;
const COMMA = 0x2c;

/**
 * Types of signatures as IL text (ECMA-335 II.7.1), written to the end of a buffer: a type is the place where its text starts, and what one is made of lies
 * right before it. The first modifier of a blob is the outermost one, so it stands last.
 */
export class TypeText implements SignatureTypeProvider<number> {
  readonly #sink: TextSink;
  readonly #writeName: (token: TypeDefOrRefToken) => void;
  readonly #losses: LossSink | undefined;

  constructor(sink: TextSink, writeName: (token: TypeDefOrRefToken) => void, losses?: LossSink) {
    this.#sink = sink;
    this.#writeName = writeName;
    this.#losses = losses;
  }

  primitive(type: PrimitiveName): number {
    return this.#append(type);
  }

  named(token: TypeDefOrRefToken, valueType: boolean | undefined): number {
    const start = this.#sink.length;
    if (valueType !== undefined && tokenTable(token) !== TableId.TypeSpec) this.#sink.text(valueType ? 'valuetype ' : 'class ');
    this.#writeName(token);
    return start;
  }

  pointer(element: number): number {
    this.#sink.text('*');
    return element;
  }

  byReference(element: number): number {
    this.#sink.text('&');
    return element;
  }

  pinned(element: number): number {
    this.#sink.text(' pinned');
    return element;
  }

  szArray(element: number): number {
    this.#sink.text('[]');
    return element;
  }

  array(element: number, shape: ArrayShape): number {
    const { rank, sizes, lowerBounds } = shape;
    const loss = this.#losses && shapeLoss(shape);
    if (loss !== undefined) this.#losses?.(loss);
    const bounds = Array.from({ length: Math.min(rank, MAX_RANK) }, (_, dimension) => {
      const lower = lowerBounds[dimension];
      const isLost = this.#losses !== undefined && sizes[dimension] === 0 && (lower ?? 0) !== 0;
      return boundText(isLost ? undefined : sizes[dimension], lower, rank);
    });
    this.#sink.text(`[${bounds.join(',')}]`);
    return element;
  }

  /** `<`, `,` and `>` go between what lies side by side: from the last argument on, each moves by as many as come before it. */
  genericInstance(generic: number, args: readonly number[]): number {
    const sink = this.#sink;
    let end = sink.length;
    sink.extend(args.length);
    const { bytes } = sink;
    for (let index = args.length - 1; index >= 0; index--) {
      const start = args[index]!;
      bytes.copyWithin(start + index + 1, start, end);
      bytes[start + index] = index === 0 ? LESS : COMMA;
      end = start;
    }
    sink.text('>');
    return generic;
  }

  genericTypeParameter(index: number): number {
    return this.#append(`!${index}`);
  }

  genericMethodParameter(index: number): number {
    return this.#append(`!!${index}`);
  }

  functionPointer(signature: MethodSignature<number>): number {
    const sink = this.#sink;
    const { returnType, parameterTypes } = signature;
    const end = sink.length;
    sink.text('method ').text(conventionText(signature.header));
    sink.run(sink.view, returnType, parameterTypes[0] ?? end).text(' *(');
    writeParameterTypes(sink, sink, signature, end);
    sink.text(')');
    return this.#moveDown(end, returnType);
  }

  modified(modifier: number, unmodified: number, required: boolean): number {
    const sink = this.#sink;
    sink.text(required ? ' modreq(' : ' modopt(');
    sink.run(sink.view, modifier, unmodified).text(')');
    return this.#moveDown(unmodified, modifier);
  }

  #append(text: string): number {
    const start = this.#sink.length;
    this.#sink.text(text);
    return start;
  }

  /** Puts the text from a place on over what lies before it. */
  #moveDown(from: number, to: number): number {
    const { bytes, length } = this.#sink;
    bytes.copyWithin(to, from, length);
    this.#sink.truncate(length - (from - to));
    return to;
  }
}

/** The types of parameters that lie in a buffer up to `end`, with `...` where the sentinel stands. */
export function writeParameterTypes(
  sink: TextSink,
  from: TextSink,
  { parameterTypes, requiredParameterCount, endsWithSentinel }: MethodSignature<number>,
  end: number,
): void {
  const { view } = from;
  for (let index = 0; index < parameterTypes.length; index++) {
    if (index > 0) sink.text(', ');
    if (index === requiredParameterCount) sink.text('..., ');
    sink.run(view, parameterTypes[index]!, index + 1 < parameterTypes.length ? parameterTypes[index + 1]! : end);
  }
  if (endsWithSentinel) sink.text(parameterTypes.length > 0 ? ', ...' : '...');
}
