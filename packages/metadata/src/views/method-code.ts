// ECMA-335 II.22.26, II.23.1.10, II.23.1.11; dotnet/runtime `src/coreclr/vm/methodtablebuilder.cpp`, EnumerateClassMethods.

import type { Metadata } from '../metadata.ts';
import { MethodAttributes, MethodImplAttributes } from '../tables/metadata-flags.ts';
import { isTokenOf, type MethodDefToken, tokenRid } from '../tables/token.ts';

/**
 * The kinds of a method's code. `rva`: machine code in this image (C++/CLI), or a P/Invoke whose RVA says so; `named`: a function of another module, by the
 * name in its ImplMap row; `internalCall`: a function of the runtime, also for a method that is marked PInvokeImpl and has neither an RVA nor a row; `runtime`:
 * the runtime makes the code (delegates); `none`: no code, though the method is not abstract.
 */
export type MethodCodeKind = 'il' | 'rva' | 'named' | 'internalCall' | 'runtime' | 'abstract' | 'none';

/** The columns of MethodDef that decide, and whether the method has a row of ImplMap. */
export interface MethodCodeFacts {
  readonly rva: number;
  readonly flags: number;
  readonly implFlags: number;
  /** Called for P/Invokes without an RVA only. @throws BadImageError */
  readonly hasImplMap: () => boolean;
}

const codeType = (implFlags: number): number => implFlags & MethodImplAttributes.CodeTypeMask;

/** The code type of ImplFlags is IL. */
export const isILCode = (implFlags: number): boolean => codeType(implFlags) === MethodImplAttributes.IL;

export function methodCodeKindOf({ rva, flags, implFlags, hasImplMap }: MethodCodeFacts): MethodCodeKind {
  if (flags & MethodAttributes.PInvokeImpl) return rva !== 0 ? 'rva' : hasImplMap() ? 'named' : 'internalCall';
  if (implFlags & MethodImplAttributes.InternalCall) return 'internalCall';
  if (codeType(implFlags) === MethodImplAttributes.Runtime) return 'runtime';
  if (rva !== 0) return isILCode(implFlags) ? 'il' : codeType(implFlags) === MethodImplAttributes.Native ? 'rva' : 'none';
  return flags & MethodAttributes.Abstract ? 'abstract' : 'none';
}

/** The kind of a method's code. @throws BadImageError */
export function methodCodeKind(metadata: Metadata, method: MethodDefToken): MethodCodeKind {
  const { MethodDef } = metadata.tables;
  const rid = tokenRid(method);
  return methodCodeKindOf({
    rva: MethodDef.get(rid, 'RVA'),
    flags: MethodDef.get(rid, 'Flags'),
    implFlags: MethodDef.get(rid, 'ImplFlags'),
    hasImplMap: () => metadata.findImplMap(method) !== undefined,
  });
}

/** Gives the kind by row number. A large assembly has a hundred thousand methods: what all of them need is looked up once. */
function kindReader(metadata: Metadata): (rid: number) => MethodCodeKind {
  const table = metadata.tables.MethodDef;
  const [rvas, flags, implFlags] = [table.column('RVA'), table.column('Flags'), table.column('ImplFlags')];
  let asked = 0;
  let mapped: Uint8Array | undefined;
  const hasImplMap = (): boolean => {
    mapped ??= mappedMethods(metadata);
    return mapped[asked] === 1;
  };
  return (rid) => {
    asked = rid;
    return methodCodeKindOf({ rva: rvas.at(rid), flags: flags.at(rid), implFlags: implFlags.at(rid), hasImplMap });
  };
}

/** By row number of MethodDef: 1 where a row of ImplMap names it. One pass over ImplMap costs less than a search for each of thousands of P/Invokes. */
function mappedMethods({ tables: { ImplMap, MethodDef } }: Metadata): Uint8Array {
  const mapped = new Uint8Array(MethodDef.rowCount + 1);
  const member = ImplMap.column('MemberForwarded');
  for (let rid = 1; rid <= ImplMap.rowCount; rid++) {
    const token = member.tokenOrBad(rid);
    if (isTokenOf(token, 'MethodDef') && MethodDef.has(tokenRid(token))) mapped[tokenRid(token)] = 1;
  }
  return mapped;
}

/** The kind of every method's code, in the order of the MethodDef table. */
export function* methodCodeKinds(metadata: Metadata): Generator<MethodCodeKind, void> {
  const kindOf = kindReader(metadata);
  for (let rid = 1; rid <= metadata.tables.MethodDef.rowCount; rid++) yield kindOf(rid);
}

/** How many methods there are of each kind. */
export function countMethodCodeKinds(metadata: Metadata): Readonly<Record<MethodCodeKind, number>> {
  const counts: Record<MethodCodeKind, number> = { il: 0, rva: 0, named: 0, internalCall: 0, runtime: 0, abstract: 0, none: 0 };
  const kindOf = kindReader(metadata);
  const { MethodDef } = metadata.tables;
  const [rvas, flags, implFlags] = [MethodDef.column('RVA'), MethodDef.column('Flags'), MethodDef.column('ImplFlags')];
  for (let rid = 1; rid <= MethodDef.rowCount; rid++) {
    // Nearly all methods are IL, which their columns say by themselves.
    if (rvas.at(rid) !== 0 && implFlags.at(rid) === 0 && (flags.at(rid) & MethodAttributes.PInvokeImpl) === 0) counts.il++;
    else counts[kindOf(rid)]++;
  }
  return counts;
}
