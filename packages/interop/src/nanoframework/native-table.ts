import { UnsupportedError } from '@ijw/binary';
import type { PEImage } from '@ijw/pe';
import type { AssemblyShape, MethodShape, TypeShape } from '../shape/assembly-shape.ts';
import { crc32 } from '../tinyclr/crc32.ts';
import { orderedMethods } from '../tinyclr/type-order.ts';
import { nanoClassName, nanoMethodName } from './names.ts';
import type { NanoProfile } from './nano-profile.ts';
import { operandTypes } from './operand-types.ts';

export interface NanoSlot {
  readonly index: number;
  readonly type: TypeShape;
  readonly method: MethodShape;
  readonly className: string;
  readonly methodName: string;
}

/** The methods table of an assembly as nanoFramework's tools lay it out. */
export interface NanoTable {
  readonly assembly: AssemblyShape;
  readonly profile: NanoProfile;
  /** Name in files and structs. */
  readonly project: string;
  readonly checksum: number;
  /** All types, in the order of the table. */
  readonly types: readonly TypeShape[];
  /** Every method of every type has a slot; `undefined` where it is not native. */
  readonly slots: readonly (NanoSlot | undefined)[];
}

/** Classes and structures that are no delegates have stubs. */
export const hasStubs = (type: TypeShape): boolean => type.kind === 'class' || type.kind === 'struct';

const identifier = (name: string): string => name.replaceAll(/[^A-Za-z0-9_]/g, '_');

/** @throws UnsupportedError for methods whose spelling is not known, or where two natives get one name */
export function buildNanoTable(
  assembly: AssemblyShape,
  profile: NanoProfile,
  options: { readonly project?: string; readonly image?: PEImage | undefined } = {},
): NanoTable {
  const types = profile.order(assembly, operandTypes(assembly, options.image));
  const slots: (NanoSlot | undefined)[] = [];
  const names = new Set<string>();
  for (const type of types) {
    for (const method of orderedMethods(type)) {
      const isNative = hasStubs(type) && !method.hasBody && !method.isAbstract;
      const slot = isNative ? nativeSlot(assembly, profile, slots.length, type, method) : undefined;
      slots.push(slot);
      if (slot === undefined) continue;
      const name = `${slot.className}::${slot.methodName}`;
      if (names.has(name)) throw new UnsupportedError(`Two native methods have the same name in C++: ${name}`);
      names.add(name);
    }
  }
  const checksum = nanoChecksum(assembly.name, profile, countedSlots(types, slots));
  return { assembly, profile, project: identifier(options.project ?? assembly.name), checksum, types, slots };
}

function nativeSlot({ metadata }: AssemblyShape, { generics }: NanoProfile, index: number, type: TypeShape, method: MethodShape): NanoSlot {
  return { index, type, method, className: nanoClassName(type, generics), methodName: nanoMethodName(metadata, method, generics) };
}

/** Interfaces, enumerations and delegates have places in the table and no part in the checksum. */
function countedSlots(types: readonly TypeShape[], slots: readonly (NanoSlot | undefined)[]): readonly (NanoSlot | undefined)[] {
  const counted: (NanoSlot | undefined)[] = [];
  let index = 0;
  for (const type of types) {
    if (hasStubs(type)) counted.push(...slots.slice(index, index + type.methods.length));
    index += type.methods.length;
  }
  return counted;
}

/** The checksum of a table: 0 for one without natives. */
export function nanoChecksum(
  assembly: string,
  profile: Pick<NanoProfile, 'nothing' | 'afterEvery' | 'startsAtFirstNative'>,
  slots: readonly (Pick<NanoSlot, 'className' | 'methodName'> | undefined)[],
): number {
  const encoder = new TextEncoder();
  let crc = 0;
  let natives = 0;
  const take = (text: string): void => {
    crc = crc32(encoder.encode(text), profile.startsAtFirstNative && natives === 0 ? 0 : crc);
  };
  for (const slot of slots) {
    if (slot) for (const text of [assembly, slot.className, slot.methodName]) take(text);
    if (slot) natives++;
    if (!slot || profile.afterEvery) take(profile.nothing);
  }
  return natives === 0 ? 0 : crc;
}
