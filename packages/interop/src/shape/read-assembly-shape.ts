import type { Assembly } from '@ijw/assembly';
import { BadImageError, type Mutable } from '@ijw/binary';
import {
  FieldAttributes,
  fieldTypeOf,
  isNilToken,
  type Metadata,
  MethodAttributes,
  makeToken,
  methodSignatureOf,
  TableId,
  type Token,
  TypeDefinition,
  type TypeDefToken,
  tokenRid,
  tokenTable,
  typeFullName,
} from '@ijw/metadata';
import type { AssemblyShape, FieldShape, MethodShape, ShapeKind, TypeShape } from './assembly-shape.ts';

/** Reads every type of an assembly or netmodule. @throws UnsupportedError where it has no metadata; BadImageError */
export function readAssemblyShape(assembly: Assembly): AssemblyShape {
  const metadata = assembly.requireMetadata();
  const byToken = new Map<number, Mutable<TypeShape>>();
  for (let rid = 2; rid <= metadata.tables.TypeDef.rowCount; rid++) byToken.set(makeToken(TableId.TypeDef, rid), bareType(metadata, rid));
  for (const type of byToken.values()) relate(metadata, type, byToken);
  for (const next of ['enclosing', 'base'] as const) checkChains(metadata, byToken.values(), next);
  return { metadata, name: assemblyName(metadata), types: [...byToken.values()], byToken };
}

function assemblyName(metadata: Metadata): string {
  const { Assembly, Module } = metadata.tables;
  if (Assembly.rowCount > 0) return metadata.strings.get(Assembly.get(1, 'Name'));
  return metadata.strings.get(Module.get(1, 'Name')).replace(/\.[^.]*$/, '');
}

function bareType(metadata: Metadata, rid: number): Mutable<TypeShape> {
  const { TypeDef } = metadata.tables;
  const token = makeToken(TableId.TypeDef, rid);
  const extended = TypeDef.column('Extends').token(rid);
  const external = isNilToken(extended) || tokenTable(extended) === TableId.TypeDef ? undefined : extended;
  return {
    token,
    namespace: metadata.strings.get(TypeDef.get(rid, 'Namespace')),
    name: metadata.strings.get(TypeDef.get(rid, 'Name')),
    kind: kindOf(new TypeDefinition(metadata, token)),
    genericArity: metadata.genericParamsOf(token).length,
    enclosing: undefined,
    base: undefined,
    externalBase: external,
    interfaces: [],
    fields: readFields(metadata, rid),
    methods: readMethods(metadata, rid),
  };
}

/** A delegate extends System.Delegate (ECMA-335 II.14.6); those of compilers extend System.MulticastDelegate. */
function kindOf({ kind, fullName, metadata, baseType }: TypeDefinition): ShapeKind {
  if (kind === 'valueType') return 'struct';
  if (kind !== 'class' || fullName === 'System.MulticastDelegate') return kind;
  return typeFullName(metadata, baseType) === 'System.Delegate' ? 'delegate' : 'class';
}

function readFields(metadata: Metadata, rid: number): FieldShape[] {
  const { Field } = metadata.tables;
  return [...metadata.fieldsOf(rid)].map((field) => {
    const flags = Field.get(field, 'Flags');
    return {
      token: makeToken(TableId.Field, field),
      name: metadata.strings.get(Field.get(field, 'Name')),
      type: fieldTypeOf(metadata, field),
      isStatic: (flags & FieldAttributes.Static) !== 0,
      isLiteral: (flags & FieldAttributes.Literal) !== 0,
    };
  });
}

/** The lists of types may overlap: any number of types may claim the same methods. */
const METHOD_COST = 16;

function readMethods(metadata: Metadata, rid: number): MethodShape[] {
  const { MethodDef } = metadata.tables;
  const methods = metadata.methodsOf(rid);
  metadata.budget.spend(methods.length * METHOD_COST, metadata.place);
  return [...methods].map((method) => {
    const token = makeToken(TableId.MethodDef, method);
    const flags = MethodDef.get(method, 'Flags');
    const signature = methodSignatureOf(metadata, token);
    return {
      token,
      name: metadata.strings.get(MethodDef.get(method, 'Name')),
      isStatic: (flags & MethodAttributes.Static) !== 0,
      isVirtual: (flags & MethodAttributes.Virtual) !== 0,
      isAbstract: (flags & MethodAttributes.Abstract) !== 0,
      hasBody: MethodDef.get(method, 'RVA') !== 0,
      implFlags: MethodDef.get(method, 'ImplFlags'),
      genericArity: signature.genericParameterCount,
      returnType: signature.returnType,
      parameterTypes: signature.parameterTypes,
    };
  });
}

/** Links a type to the others of the module. Chains that come back to a type are refused afterwards: nothing could be ordered by them. */
function relate(metadata: Metadata, type: Mutable<TypeShape>, byToken: ReadonlyMap<number, TypeShape>): void {
  const rid = tokenRid(type.token);
  const { TypeDef, InterfaceImpl } = metadata.tables;
  const inModule = (token: Token): TypeShape | undefined => (isNilToken(token) ? undefined : byToken.get(token));
  type.enclosing = inModule(metadata.enclosingType(type.token));
  type.base = inModule(TypeDef.column('Extends').token(rid));
  type.interfaces = [...metadata.interfaceImplsOf(rid)].flatMap((row) => inModule(InterfaceImpl.column('Interface').token(row)) ?? []);
}

/** Follows each chain as far as it has not been followed yet. */
function checkChains(metadata: Metadata, types: Iterable<TypeShape>, next: 'enclosing' | 'base'): void {
  const sound = new Set<TypeShape>();
  for (const type of types) {
    const path = new Set<TypeShape>();
    for (let current: TypeShape | undefined = type; current && !sound.has(current); current = current[next]) {
      if (path.has(current)) throw cycle(metadata, current, next);
      path.add(current);
    }
    for (const followed of path) sound.add(followed);
  }
}

function cycle(metadata: Metadata, type: TypeShape, next: 'enclosing' | 'base'): BadImageError {
  return new BadImageError({
    code: 'TYPE_CYCLE',
    offset: metadata.place.base,
    reading: `the ${next === 'base' ? 'TypeDef' : 'NestedClass'} table`,
    message: `${typeFullName(metadata, type.token as TypeDefToken)} is its own ${next} type`,
  });
}
