import type { Metadata } from '@ijw/metadata';

/** ECMA-335 II.23.1.10 and II.23.1.11: the bits that tell where a method's code comes from. */
const ABSTRACT = 0x0400;
const PINVOKE_IMPL = 0x2000;
const CODE_TYPE_MASK = 0x0003;
const RUNTIME = 0x0003;
const INTERNAL_CALL = 0x1000;

/**
 * Where a method's code comes from. `rvaPInvoke`: machine code in this image (C++/CLI); `namedPInvoke`: another module, by name;
 * `runtime`: the runtime makes it (delegates); `internalCall`: within the runtime; `none`: nowhere, though the method is not abstract.
 */
export type MethodCodeKind = 'il' | 'rvaPInvoke' | 'namedPInvoke' | 'runtime' | 'internalCall' | 'abstract' | 'none';

/** The columns of MethodDef that tell. */
export interface MethodCodeColumns {
  readonly rva: number;
  readonly implFlags: number;
  readonly flags: number;
}

/** Whether the code type of ImplFlags is IL. */
export const isILCode = (implFlags: number): boolean => (implFlags & CODE_TYPE_MASK) === 0;

export function methodCodeKind({ rva, implFlags, flags }: MethodCodeColumns): MethodCodeKind {
  if (implFlags & INTERNAL_CALL) return 'internalCall';
  if ((implFlags & CODE_TYPE_MASK) === RUNTIME) return 'runtime';
  if (rva !== 0) return isILCode(implFlags) ? 'il' : 'rvaPInvoke';
  if (flags & PINVOKE_IMPL) return 'namedPInvoke';
  return flags & ABSTRACT ? 'abstract' : 'none';
}

/** How many methods there are of each kind. */
export function countMethodCodeKinds(metadata: Metadata): Readonly<Record<MethodCodeKind, number>> {
  const counts: Record<MethodCodeKind, number> = {
    il: 0,
    rvaPInvoke: 0,
    namedPInvoke: 0,
    runtime: 0,
    internalCall: 0,
    abstract: 0,
    none: 0,
  };
  const table = metadata.tables.MethodDef;
  const [rvas, implFlags, flags] = [table.column('RVA'), table.column('ImplFlags'), table.column('Flags')];
  for (let rid = 1; rid <= table.rowCount; rid++) {
    counts[methodCodeKind({ rva: rvas.at(rid), implFlags: implFlags.at(rid), flags: flags.at(rid) })]++;
  }
  return counts;
}
