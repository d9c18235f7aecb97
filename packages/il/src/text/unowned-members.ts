import { hex } from '@ijw/binary';
import { isNilToken, makeToken, TableId } from '@ijw/metadata';
import type { DataLabels } from './data-text.ts';
import { attempt, type Disassembly, damage } from './disassembly.ts';
import { writeField } from './field-text.ts';
import { writeMethod } from './method-text.ts';
import { isVisibleMember } from './visibility.ts';

/** Fields and methods before the run of the first type and after that of the last one (ECMA-335 II.22.37): no type has them. */
export function writeUnownedMembers(disassembly: Disassembly, labels: DataLabels): void {
  const { metadata } = disassembly;
  const { Field, MethodDef } = metadata.tables;
  for (let rid = 1; rid <= Field.rowCount; rid++) {
    const token = makeToken(TableId.Field, rid);
    if (!isNilToken(metadata.declaringType(token)) || !isVisibleMember(disassembly, TableId.Field, rid)) continue;
    damage(disassembly, token, 'NO_OWNER', `The field ${hex(token, 8)} belongs to no type`);
    attempt(disassembly, token, () => writeField(disassembly, rid, labels));
  }
  for (let rid = 1; rid <= MethodDef.rowCount; rid++) {
    const token = makeToken(TableId.MethodDef, rid);
    if (!isNilToken(metadata.declaringType(token)) || !isVisibleMember(disassembly, TableId.MethodDef, rid)) continue;
    damage(disassembly, token, 'NO_OWNER', `The method ${hex(token, 8)} belongs to no type`);
    attempt(disassembly, token, () => writeMethod(disassembly, rid));
  }
}
