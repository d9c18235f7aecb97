import { type Column, type Metadata, type Token, tableNameOf } from '@ijw/metadata';

/** Which rows a column of another table names: a byte a row, read in one pass. Most rows are named by none, and no search is made for them. */
export class NamedRows {
  readonly #tables: (Uint8Array | undefined)[] = [];

  constructor(metadata: Metadata, column: Column) {
    for (let rid = 1; rid <= column.rowCount; rid++) {
      const token = column.tokenOrBad(rid);
      if (token === -1) continue;
      const table = token >>> 24;
      let rows = this.#tables[table];
      if (rows === undefined) {
        const name = tableNameOf(table);
        rows = new Uint8Array(name === undefined ? 0 : metadata.tables[name].rowCount + 1);
        this.#tables[table] = rows;
      }
      rows[token & 0xffffff] = 1;
    }
  }

  /** Whether any row of a table is named. */
  hasTable(table: number): boolean {
    return this.#tables[table] !== undefined;
  }

  has(token: Token): boolean {
    const rows = this.#tables[token >>> 24];
    return rows !== undefined && rows[token & 0xffffff] === 1;
  }
}

/** The columns that the disassembler asks for every type, member and parameter. */
export interface NamedBy {
  readonly customAttribute: NamedRows;
  readonly constant: NamedRows;
  readonly fieldMarshal: NamedRows;
  readonly genericParam: NamedRows;
  readonly declSecurity: NamedRows;
  /** As the body of a MethodImpl. */
  readonly methodImpl: NamedRows;
  readonly implMap: NamedRows;
  readonly fieldLayout: NamedRows;
  readonly fieldRva: NamedRows;
}

export function readNamedRows(metadata: Metadata): NamedBy {
  const { CustomAttribute, Constant, FieldMarshal, GenericParam, DeclSecurity, MethodImpl, ImplMap, FieldLayout, FieldRVA } =
    metadata.tables;
  return {
    customAttribute: new NamedRows(metadata, CustomAttribute.column('Parent')),
    constant: new NamedRows(metadata, Constant.column('Parent')),
    fieldMarshal: new NamedRows(metadata, FieldMarshal.column('Parent')),
    genericParam: new NamedRows(metadata, GenericParam.column('Owner')),
    declSecurity: new NamedRows(metadata, DeclSecurity.column('Parent')),
    methodImpl: new NamedRows(metadata, MethodImpl.column('MethodBody')),
    implMap: new NamedRows(metadata, ImplMap.column('MemberForwarded')),
    fieldLayout: new NamedRows(metadata, FieldLayout.column('Field')),
    fieldRva: new NamedRows(metadata, FieldRVA.column('Field')),
  };
}
