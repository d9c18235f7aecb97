import { type CodedIndexKind, encodeCodedIndex } from './coded-index.ts';
import type { Column } from './column.ts';
import type { KeyIndex } from './key-index.ts';
import { emptyRange, type RowRange } from './row-range.ts';
import { RunColumn } from './run-column.ts';
import { type ColumnName, pointerTables } from './schema.ts';
import type { Tables } from './table.ts';
import { TableId, type TableName } from './table-id.ts';
import {
  type EventToken,
  type FieldToken,
  type MethodDefToken,
  makeToken,
  nilToken,
  type ParamToken,
  type PropertyToken,
  type Token,
  type TypeDefToken,
  tokenRid,
  tokenTable,
} from './token.ts';

type RunTable = keyof typeof pointerTables;

/** Searches from a row to the rows that refer to it, and back. Rows are found by search; indexes are made when first needed. */
export class OwnerLookup {
  readonly #tables: Tables;
  readonly #runs: Partial<Record<RunTable, RunColumn>> = {};

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** The fields of a type. */
  fieldsOf(typeDefRid: number): RowRange {
    return this.#run('Field').range(typeDefRid);
  }

  methodsOf(typeDefRid: number): RowRange {
    return this.#run('MethodDef').range(typeDefRid);
  }

  paramsOf(methodDefRid: number): RowRange {
    return this.#run('Param').range(methodDefRid);
  }

  eventsOf(typeDefRid: number): RowRange {
    const map = this.key('EventMap', 'Parent').first(typeDefRid);
    return map === 0 ? emptyRange : this.#run('Event').range(map);
  }

  propertiesOf(typeDefRid: number): RowRange {
    const map = this.key('PropertyMap', 'Parent').first(typeDefRid);
    return map === 0 ? emptyRange : this.#run('Property').range(map);
  }

  /** The type that a member is declared in; nil when no type's run holds it. */
  declaringType(member: FieldToken | MethodDefToken | EventToken | PropertyToken): TypeDefToken {
    const rid = tokenRid(member);
    switch (tokenTable(member)) {
      case TableId.Field:
        return makeToken(TableId.TypeDef, this.#run('Field').owner(rid));
      case TableId.MethodDef:
        return makeToken(TableId.TypeDef, this.#run('MethodDef').owner(rid));
      case TableId.Event:
        return this.#mappedOwner('EventMap', this.#run('Event').owner(rid));
      case TableId.Property:
        return this.#mappedOwner('PropertyMap', this.#run('Property').owner(rid));
      default:
        return makeToken(TableId.TypeDef, 0);
    }
  }

  /** The method that a parameter belongs to; nil when no method's run holds it. */
  declaringMethod(param: ParamToken): MethodDefToken {
    return makeToken(TableId.MethodDef, this.#run('Param').owner(tokenRid(param)));
  }

  #mappedOwner(map: 'EventMap' | 'PropertyMap', rid: number): TypeDefToken {
    return makeToken(TableId.TypeDef, rid === 0 ? 0 : this.#tables[map].column('Parent').at(rid) & 0xffffff);
  }

  /** The rows of a table by a column that is a coded index. */
  byCoded<N extends TableName>(table: N, column: ColumnName<N>, kind: CodedIndexKind, token: Token): RowRange {
    return tokenRid(token) === 0 ? emptyRange : this.key(table, column).range(encodeCodedIndex(kind, token));
  }

  /** The first row of a table by a column that is a coded index; 0 if no row has the value. */
  firstByCoded<N extends TableName>(table: N, column: ColumnName<N>, kind: CodedIndexKind, token: Token): number {
    return tokenRid(token) === 0 ? 0 : this.key(table, column).first(encodeCodedIndex(kind, token));
  }

  /** The type that a nested type stands in; nil for a type that is not nested. */
  enclosingType(typeDef: TypeDefToken): TypeDefToken {
    const rid = this.key('NestedClass', 'NestedClass').first(tokenRid(typeDef));
    return rid === 0 ? (nilToken as TypeDefToken) : (this.#tables.NestedClass.column('EnclosingClass').token(rid) as TypeDefToken);
  }

  /** The index over any column, kept. */
  key<N extends TableName>(table: N, name: ColumnName<N>): KeyIndex {
    return this.#tables[table].column(name).index;
  }

  #run(target: RunTable): RunColumn {
    this.#runs[target] ??= new RunColumn(this.#runColumn(target), this.#tables[target], this.#tables[pointerTables[target]]);
    return this.#runs[target];
  }

  #runColumn(target: RunTable): Column {
    switch (target) {
      case 'Field':
        return this.#tables.TypeDef.column('FieldList');
      case 'MethodDef':
        return this.#tables.TypeDef.column('MethodList');
      case 'Param':
        return this.#tables.MethodDef.column('ParamList');
      case 'Event':
        return this.#tables.EventMap.column('EventList');
      case 'Property':
        return this.#tables.PropertyMap.column('PropertyList');
    }
  }
}
