import { BadImageError, hexDigits } from '@ijw/binary';
import { FieldAttributes, type Metadata, makeToken, TableId, TypeAttributes, tableNameOf, tokenRid, tokenTable } from '@ijw/metadata';
import { couldNotLoadType, type TypeFacts } from './type-rules.ts';

const GLOBAL_TYPE = 1;

export interface ShapeProblem {
  readonly rule: string;
  /** Of the TypeLoadException. */
  readonly message: string;
}

/** The text of COR_E_TYPELOAD, the refusal of a type before its name is known. */
const LOAD_FAILURE = 'Failure has occurred while loading a type.';

/** The errors of a TypeDef row, before its methods are read: its flags, its nesting, its ranges of members. */
export function typeShapeProblem(metadata: Metadata, rid: number, type: TypeFacts): ShapeProblem | undefined {
  const { TypeDef } = metadata.tables;
  const flags = TypeDef.get(rid, 'Flags');
  const says = (rule: string, message: string): ShapeProblem => ({ rule, message });
  const couldNotLoad = couldNotLoadType(type.name, type.assembly);
  if (flags & TypeAttributes.WindowsRuntime) return says('windowsRuntimeType', LOAD_FAILURE);
  if (flags & TypeAttributes.Interface && !(flags & TypeAttributes.Abstract)) return says('concreteInterface', LOAD_FAILURE);
  const isNested = (flags & TypeAttributes.VisibilityMask) >= TypeAttributes.NestedPublic;
  if (isNested && tokenRid(metadata.enclosingType(makeToken(TableId.TypeDef, rid))) === 0) {
    return says('nestedInNothing', `${couldNotLoad} because the format is invalid.`);
  }
  if (flags & TypeAttributes.Import && rid === GLOBAL_TYPE) {
    return says('importedModule', `Type '${type.name}' from assembly '${type.assembly}' cannot extend from any other type.`);
  }
  return parentProblem(metadata, rid, type) ?? rangeProblem(metadata, rid, couldNotLoad);
}

function parentProblem(metadata: Metadata, rid: number, type: TypeFacts): ShapeProblem | undefined {
  const parent = parentOf(metadata, rid);
  const couldNotLoad = couldNotLoadType(type.name, type.assembly);
  const table = tableNameOf(tokenTable(parent));
  if (tokenRid(parent) === 0 || table === undefined) {
    if (rid === GLOBAL_TYPE || type.isInterface) return undefined;
    return { rule: 'missingParent', message: `${couldNotLoad} because the parent does not exist.` };
  }
  if (!metadata.tables[table].has(tokenRid(parent))) {
    return { rule: 'missingParent', message: `${couldNotLoadType(invalidToken(parent), type.assembly)}.` };
  }
  return parent === makeToken(TableId.TypeDef, rid) ? { rule: 'ownParent', message: `${couldNotLoad}.` } : undefined;
}

/** A coded index that names no table counts as none. */
function parentOf(metadata: Metadata, rid: number): number {
  try {
    return metadata.tables.TypeDef.column('Extends').token(rid);
  } catch (error) {
    if (error instanceof BadImageError) return 0;
    throw error;
  }
}

const METHODS_OUT_OF_RANGE: ShapeProblem = { rule: 'methodList', message: 'Method token out of range.' };

/** Methods that a type claims behind the last row are found when all the others have been looked at. */
export function methodEndProblem({ tables: { TypeDef, MethodDef } }: Metadata, rid: number): ShapeProblem | undefined {
  if (!TypeDef.has(rid + 1) || TypeDef.get(rid, 'MethodList') > MethodDef.rowCount) return undefined;
  return TypeDef.get(rid + 1, 'MethodList') > MethodDef.rowCount + 1 ? METHODS_OUT_OF_RANGE : undefined;
}

/** Field and method lists begin at a row and end where the next type's begin. */
function rangeProblem(metadata: Metadata, rid: number, couldNotLoad: string): ShapeProblem | undefined {
  const { TypeDef, Field, MethodDef } = metadata.tables;
  const hasNext = TypeDef.has(rid + 1);
  const fields = TypeDef.get(rid, 'FieldList');
  const methods = TypeDef.get(rid, 'MethodList');
  const endOfFields = hasNext ? TypeDef.get(rid + 1, 'FieldList') : Field.rowCount + 1;
  const endOfMethods = hasNext ? TypeDef.get(rid + 1, 'MethodList') : MethodDef.rowCount + 1;
  if (methods === 0) return METHODS_OUT_OF_RANGE;
  if (fields === 0) return { rule: 'fieldList', message: 'Field token out of range.' };
  if (fields > endOfFields || methods > endOfMethods) return { rule: 'memberLists', message: `${couldNotLoad}.` };
  return undefined;
}

/** Fields come after the methods have been enumerated. Access 7 is not given out (ECMA-335 II.23.1.5). */
export function fieldProblem(metadata: Metadata, rid: number): ShapeProblem | undefined {
  const { Field } = metadata.tables;
  for (const field of metadata.fieldsOf(rid)) {
    const flags = Field.get(field, 'Flags');
    if ((flags & FieldAttributes.FieldAccessMask) === FieldAttributes.FieldAccessMask)
      return { rule: 'fieldAccess', message: 'Invalid Field Access Flags.' };
    if (rid === GLOBAL_TYPE && !(flags & FieldAttributes.Static))
      return { rule: 'nonStaticGlobalField', message: 'Non-Static Global Field.' };
  }
  return undefined;
}

/** The runtime's name for a missing type. */
export const invalidToken = (token: number): string => `Invalid_Token.0x${hexDigits(token, 8).toUpperCase()}`;
