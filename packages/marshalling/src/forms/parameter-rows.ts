// ECMA-335 II.22.33 (Param), II.22.17 (FieldMarshal).

import { type Metadata, type MethodDefToken, makeToken, parameterName, parameterRids, TableId } from '@ijw/metadata';
import { type MarshallingDescriptor, readMarshallingDescriptor } from '@ijw/metadata/marshalling';

/** The metadata of a parameter besides its type. */
export interface ParameterRow {
  /** Empty without a row. */
  readonly name: string;
  /** `ParamAttributes`. */
  readonly flags: number;
  readonly descriptor: MarshallingDescriptor | undefined;
}

const NO_ROWS: ReadonlyMap<number, ParameterRow> = new Map();

/** The Param rows of a method by position, 0 for the result. @throws BadImageError */
export function parameterRows(metadata: Metadata, method: MethodDefToken): ReadonlyMap<number, ParameterRow> {
  const { Param, FieldMarshal } = metadata.tables;
  const rids = parameterRids(metadata, method);
  if (rids.size === 0) return NO_ROWS;
  const rows = new Map<number, ParameterRow>();
  for (const [position, rid] of rids) {
    const row = metadata.findFieldMarshal(makeToken(TableId.Param, rid));
    const blob = row === undefined ? undefined : metadata.blobs.reader(FieldMarshal.get(row, 'NativeType'), 'a marshalling descriptor');
    rows.set(position, {
      name: parameterName(metadata, rid),
      flags: Param.get(rid, 'Flags'),
      descriptor: blob && blob.remaining > 0 ? readMarshallingDescriptor(blob) : undefined,
    });
  }
  return rows;
}
