import { type MethodDefToken, methodFullName } from '@ijw/metadata';
import { InteropError, type InteropRegistry } from '../firmware/interop-registry.ts';
import type { AssemblyShape } from '../shape/assembly-shape.ts';
import type { InteropTable } from './interop-table.ts';

/** How TinyCLR would run the method of a slot. */
export interface TinyClrBinding {
  readonly index: number;
  readonly token: MethodDefToken;
  readonly method: string;
  readonly via: 'native' | 'il' | 'none';
  /** Of the native code. */
  readonly address?: number;
  /** The error of a call, or of the deployment of the assembly. */
  readonly error?: { readonly result: string; readonly message: string };
}

/** Dispatches every method of an assembly that has code. Slots of abstract methods are passed over. */
export function tinyClrBindings({ metadata }: AssemblyShape, table: InteropTable, registry: InteropRegistry): readonly TinyClrBinding[] {
  return table.methods.flatMap(({ method, type }, index): TinyClrBinding[] => {
    if (method.isAbstract || type.kind === 'delegate') return [];
    const { token } = method;
    const binding = { index, token, method: methodFullName(metadata, token) };
    try {
      return [{ ...binding, ...registry.dispatch(table, index, method.hasBody) }];
    } catch (error) {
      if (!(error instanceof InteropError)) throw error;
      return [{ ...binding, via: 'none', error: { result: error.result, message: error.message } }];
    }
  });
}
