import { UnsupportedError } from '@ijw/binary';
import type { AssemblyShape, MethodShape, TypeShape } from '../shape/assembly-shape.ts';
import { InheritedFields } from '../shape/inherited-fields.ts';
import { crc32 } from './crc32.ts';
import { className, fieldName, methodName, typeCode } from './names.ts';
import { orderedMethods, orderedTypes } from './type-order.ts';

/** A slot of the methods table whose method is implemented natively. */
export interface NativeSlot {
  readonly index: number;
  readonly type: TypeShape;
  readonly method: MethodShape;
  readonly className: string;
  readonly methodName: string;
}

/** A class as the generated C++ declares it. */
export interface InteropStruct {
  readonly type: TypeShape;
  readonly className: string;
  /** `FIELD___name___TYPE` constants. Instance fields count from 1 after all base fields; static ones from 0 over the whole assembly. */
  readonly fields: readonly { readonly constant: string; readonly index: number }[];
  readonly natives: readonly NativeSlot[];
}

/** The table that binds an assembly's methods to native functions, as TinyCLR's tools generate it. */
export interface InteropTable {
  readonly assembly: string;
  readonly checksum: number;
  /** Every method of every type has a slot; `undefined` where it is not native. The index is not the MethodDef order. */
  readonly slots: readonly (NativeSlot | undefined)[];
  readonly structs: readonly InteropStruct[];
}

/** @throws UnsupportedError for constructs whose real spelling is unknown (generics, several dimensions, two methods of one name): never a guess */
export function buildInteropTable(assembly: AssemblyShape): InteropTable {
  const types = orderedTypes(assembly);
  const slots = readSlots(assembly, types);
  const structs = readStructs(assembly, types, slots);
  return { assembly: assembly.name, checksum: interopChecksum(assembly.name, slots), slots, structs };
}

/** No body, not abstract, and of a class or structure. */
export const isNative = (type: TypeShape, method: MethodShape): boolean =>
  !method.hasBody && !method.isAbstract && (type.kind === 'class' || type.kind === 'struct');

function readSlots(assembly: AssemblyShape, types: readonly TypeShape[]): (NativeSlot | undefined)[] {
  const slots: (NativeSlot | undefined)[] = [];
  const seen = new Map<string, NativeSlot>();
  for (const type of types) {
    for (const method of orderedMethods(type)) {
      const index = slots.length;
      const slot = isNative(type, method) ? nativeSlot(assembly, index, type, method) : undefined;
      slots.push(slot);
      if (!slot) continue;
      const key = `${slot.className}::${slot.methodName}`;
      if (seen.has(key))
        throw new UnsupportedError(`Two native methods have the same name in C++: ${key} (slots ${seen.get(key)!.index} and ${index})`);
      seen.set(key, slot);
    }
  }
  return slots;
}

function nativeSlot(assembly: AssemblyShape, index: number, type: TypeShape, method: MethodShape): NativeSlot {
  if (type.genericArity > 0 || method.genericArity > 0)
    throw new UnsupportedError(`${type.name}::${method.name} is generic; TinyCLR's spelling of generic native methods is not known`);
  return { index, type, method, className: className(type), methodName: methodName(assembly.metadata, method) };
}

/** Feeds the assembly, class and method names of each native slot, and `NULL` for each other, to the CRC. */
export function interopChecksum(
  assemblyName: string,
  slots: readonly (Pick<NativeSlot, 'className' | 'methodName'> | undefined)[],
): number {
  const encoder = new TextEncoder();
  let crc = 0;
  for (const slot of slots) {
    const texts = slot ? [assemblyName, slot.className, slot.methodName] : ['NULL'];
    for (const text of texts) crc = crc32(encoder.encode(text), crc);
  }
  return crc;
}

function readStructs(assembly: AssemblyShape, types: readonly TypeShape[], slots: readonly (NativeSlot | undefined)[]): InteropStruct[] {
  const natives = new Map<TypeShape, NativeSlot[]>();
  for (const slot of slots) {
    if (!slot) continue;
    const own = natives.get(slot.type);
    if (own) own.push(slot);
    else natives.set(slot.type, [slot]);
  }
  const structs: InteropStruct[] = [];
  const inherited = new InheritedFields();
  let staticIndex = 0;
  for (const type of types) {
    if (type.kind !== 'class' && type.kind !== 'struct') continue;
    const fields = type.fields.filter((field) => !field.isLiteral);
    const own = natives.get(type) ?? [];
    const constants = [];
    let instanceIndex = fields.some((field) => !field.isStatic) ? 1 + inheritedFieldCount(inherited, type) : 0;
    for (const field of fields) {
      const name = `${fieldName(field.name)}___${typeCode(assembly.metadata, field.type)}`;
      if (field.isStatic) constants.push({ constant: `FIELD_STATIC___${name}`, index: staticIndex++ });
      else constants.push({ constant: `FIELD___${name}`, index: instanceIndex++ });
    }
    if (constants.length > 0 || own.length > 0) structs.push({ type, className: className(type), fields: constants, natives: own });
  }
  return structs;
}

/** Base types that are known to have no fields of their own. */
const FIELDLESS = new Set(['System.Object', 'System.ValueType', 'System.Enum', 'System.MarshalByRefObject', 'System.Attribute']);

function inheritedFieldCount(inherited: InheritedFields, type: TypeShape): number {
  const { fields, externalBase } = inherited.of(type);
  if (externalBase !== undefined && !FIELDLESS.has(externalBase))
    throw new UnsupportedError(`The fields of ${type.name} come after those of ${externalBase}, which is in another assembly`);
  return fields;
}
