import { UnsupportedError } from '@ijw/binary';
import { typeFullName } from '@ijw/metadata';
import type { AssemblyProvider } from '@ijw/metadata/resolution';
import type { StubOmission } from '../generated/stub-set.ts';
import {
  type AssemblyShape,
  type FieldShape,
  isNativeMethod,
  type MethodShape,
  ofMethod,
  type TypeShape,
} from '../shape/assembly-shape.ts';
import { fieldsUnknown, InheritedFields, isInstanceField } from '../shape/inherited-fields.ts';
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
  /** The method of each slot, native or not. */
  readonly methods: readonly SlotMethod[];
  readonly structs: readonly InteropStruct[];
  /** Constants of fields that are left out because their index or spelling is not known. */
  readonly omissions: readonly StubOmission[];
}

export interface SlotMethod {
  readonly type: TypeShape;
  readonly method: MethodShape;
}

/**
 * @param provider where base types of other assemblies are looked for; the constants of fields that come after those of a base type that is not found are left out
 * @throws UnsupportedError for constructs whose real spelling is unknown (generics, several dimensions, two methods of one name) in native methods: never a guess
 */
export function buildInteropTable(assembly: AssemblyShape, provider?: AssemblyProvider): InteropTable {
  const types = orderedTypes(assembly);
  const methods = types.flatMap((type) => orderedMethods(type).map((method): SlotMethod => ({ type, method })));
  const slots = readSlots(assembly, methods);
  const structs = new StructReader(assembly, new InheritedFields(assembly.metadata, provider));
  return {
    assembly: assembly.name,
    checksum: interopChecksum(assembly.name, slots),
    slots,
    methods,
    structs: structs.read(types, slots),
    omissions: structs.omissions,
  };
}

function readSlots(assembly: AssemblyShape, methods: readonly SlotMethod[]): (NativeSlot | undefined)[] {
  const seen = new Map<string, NativeSlot>();
  return methods.map(({ type, method }, index) => {
    if (!isNativeMethod(type, method)) return undefined;
    const slot = nativeSlot(assembly, index, type, method);
    const key = `${slot.className}::${slot.methodName}`;
    const other = seen.get(key);
    if (other !== undefined)
      throw new UnsupportedError(`Two native methods have the same name in C++: ${key} (slots ${other.index} and ${index})`);
    seen.set(key, slot);
    return slot;
  });
}

function nativeSlot(assembly: AssemblyShape, index: number, type: TypeShape, method: MethodShape): NativeSlot {
  if (type.genericArity > 0 || method.genericArity > 0)
    throw new UnsupportedError(`${type.name}::${method.name} is generic; TinyCLR's spelling of generic native methods is not known`);
  return {
    index,
    type,
    method,
    className: className(type),
    methodName: ofMethod(assembly, type, method, () => methodName(assembly.metadata, method)),
  };
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

/** Reads the structs of a header; static fields count over the whole assembly. */
class StructReader {
  readonly omissions: StubOmission[] = [];
  readonly #assembly: AssemblyShape;
  readonly #inherited: InheritedFields;
  #statics = 0;

  constructor(assembly: AssemblyShape, inherited: InheritedFields) {
    this.#assembly = assembly;
    this.#inherited = inherited;
  }

  read(types: readonly TypeShape[], slots: readonly (NativeSlot | undefined)[]): InteropStruct[] {
    const natives = new Map<TypeShape, NativeSlot[]>();
    for (const slot of slots) {
      if (!slot) continue;
      const own = natives.get(slot.type);
      if (own) own.push(slot);
      else natives.set(slot.type, [slot]);
    }
    return types.flatMap((type) => {
      if (type.kind !== 'class' && type.kind !== 'struct') return [];
      const fields = this.#constants(type);
      const own = natives.get(type) ?? [];
      return fields.length + own.length > 0 ? [{ type, className: className(type), fields, natives: own }] : [];
    });
  }

  #constants(type: TypeShape): InteropStruct['fields'] {
    const fields = type.fields.filter(({ isLiteral }) => !isLiteral);
    const inheritance = fields.some(isInstanceField) ? this.#inherited.of(type) : { fields: 0 };
    if ('unknownBase' in inheritance) this.#omit(type, fieldsUnknown(inheritance.unknownBase));
    // Index 0 is the object's header.
    let next = 'fields' in inheritance ? 1 + inheritance.fields : undefined;
    return fields.flatMap((field) => {
      const index = field.isStatic ? this.#statics++ : next;
      if (!field.isStatic && next !== undefined) next++;
      const name = index === undefined ? undefined : this.#name(type, field);
      if (index === undefined || name === undefined) return [];
      return [{ constant: `${field.isStatic ? 'FIELD_STATIC' : 'FIELD'}___${name}`, index }];
    });
  }

  #name(type: TypeShape, field: FieldShape): string | undefined {
    try {
      return `${fieldName(field.name)}___${typeCode(this.#assembly.metadata, field.type)}`;
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      this.#omit(type, `the constant of the field ${field.name} is left out: ${error.message}`);
      return undefined;
    }
  }

  #omit({ token }: TypeShape, reason: string): void {
    this.omissions.push({ token, type: typeFullName(this.#assembly.metadata, token), reason });
  }
}
