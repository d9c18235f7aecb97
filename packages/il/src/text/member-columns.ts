import type { Column, Metadata } from '@ijw/metadata';

/** The columns that are read for every method, field and parameter. */
export interface MemberColumns {
  readonly method: Readonly<Record<'rva' | 'implFlags' | 'flags' | 'name' | 'signature', Column>>;
  readonly field: Readonly<Record<'flags' | 'name' | 'signature', Column>>;
  readonly parameter: Readonly<Record<'flags' | 'sequence' | 'name', Column>>;
}

export function memberColumns({ tables: { MethodDef, Field, Param } }: Metadata): MemberColumns {
  return {
    method: {
      rva: MethodDef.column('RVA'),
      implFlags: MethodDef.column('ImplFlags'),
      flags: MethodDef.column('Flags'),
      name: MethodDef.column('Name'),
      signature: MethodDef.column('Signature'),
    },
    field: { flags: Field.column('Flags'), name: Field.column('Name'), signature: Field.column('Signature') },
    parameter: { flags: Param.column('Flags'), sequence: Param.column('Sequence'), name: Param.column('Name') },
  };
}
