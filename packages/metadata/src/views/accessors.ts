import type { Metadata } from '../metadata.ts';
import type { EventToken, MethodDefToken, PropertyToken } from '../tables/token.ts';

/** The methods of a property or event that have one role (`MethodSemanticsAttributes`, ECMA-335 II.22.28). */
export function accessorsOf(metadata: Metadata, association: EventToken | PropertyToken, role: number): MethodDefToken[] {
  const { MethodSemantics } = metadata.tables;
  const methods: MethodDefToken[] = [];
  for (const rid of metadata.semanticsOf(association)) {
    if (MethodSemantics.get(rid, 'Semantics') & role) methods.push(MethodSemantics.column('Method').token(rid) as MethodDefToken);
  }
  return methods;
}
