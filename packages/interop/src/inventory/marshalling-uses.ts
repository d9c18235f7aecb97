import { ifReadable } from '@ijw/binary';
import { type Token, TypeAttributes, typeText } from '@ijw/metadata';
import { type MarshallingDescriptor, readMarshallingDescriptor } from '@ijw/metadata/marshalling';
import type { TypeNode } from '@ijw/metadata/signatures';
import type { GenericArgument, InteropInventory, MarshalledField } from './interop-inventory.ts';
import type { InteropModule } from './interop-module.ts';

/** Every row of FieldMarshal (ECMA-335 II.22.17). */
export function readMarshalledFields(module: InteropModule): readonly MarshalledField[] {
  const { FieldMarshal } = module.metadata.tables;
  const [parent, nativeType] = [FieldMarshal.column('Parent'), FieldMarshal.column('NativeType')];
  const fields: MarshalledField[] = [];
  for (let rid = 1; rid <= FieldMarshal.rowCount; rid++) {
    const field = module.diagnostics.attempt((): MarshalledField | undefined => {
      const reader = module.metadata.blobs.reader(nativeType.at(rid), 'a marshalling descriptor');
      if (reader.remaining === 0) return undefined;
      const descriptor: MarshallingDescriptor = readMarshallingDescriptor(reader);
      return { parent: parent.token(rid) as Token, descriptor };
    });
    if (field !== undefined) fields.push(field);
  }
  return fields;
}

export function countLayouts(module: InteropModule): InteropInventory['layouts'] {
  const { TypeDef } = module.metadata.tables;
  const flags = TypeDef.column('Flags');
  const counts = { auto: 0, sequential: 0, explicit: 0 };
  for (let rid = 1; rid <= TypeDef.rowCount; rid++) {
    const layout = flags.at(rid) & TypeAttributes.LayoutMask;
    if (layout === TypeAttributes.AutoLayout) counts.auto++;
    else if (layout === TypeAttributes.SequentialLayout) counts.sequential++;
    else if (layout === TypeAttributes.ExplicitLayout) counts.explicit++;
  }
  return counts;
}

/** A type without modifiers, references and pointers around it. */
export function pointedAt(type: TypeNode): TypeNode {
  let inner = type;
  for (;;) {
    if (inner.kind === 'modified') inner = inner.unmodified;
    else if (inner.kind === 'byReference' || inner.kind === 'pointer' || inner.kind === 'pinned') inner = inner.element;
    else return inner;
  }
}

/** Constructed generic types among the parameters of P/Invokes. */
export function readGenericArguments(module: InteropModule): readonly GenericArgument[] {
  const found: GenericArgument[] = [];
  for (const { token, fullName, kind, values } of module.platformInvokes) {
    if (kind === 'internalCall') continue;
    for (const { position, type } of values) {
      const inner = pointedAt(type);
      if (inner.kind !== 'genericInstance' || inner.generic.kind !== 'named') continue;
      const text = ifReadable(() => typeText(module.metadata, inner)) ?? '';
      found.push({ token, method: fullName, position, type: text, kind: inner.generic.valueType ? 'valueType' : 'class' });
    }
  }
  return found;
}
