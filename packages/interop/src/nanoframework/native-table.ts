import { UnsupportedError } from '@ijw/binary';
import type { Token } from '@ijw/metadata';
import type { AssemblyProvider } from '@ijw/metadata/resolution';
import type { PEImage } from '@ijw/pe';
import { type AssemblyShape, isNativeMethod, type MethodShape, ofMethod, type TypeShape } from '../shape/assembly-shape.ts';
import { InheritedFields } from '../shape/inherited-fields.ts';
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
  readonly inherited: InheritedFields;
}

/** Classes and structures have stubs; delegates do not. */
export const hasStubs = (type: TypeShape): boolean => type.kind === 'class' || type.kind === 'struct';

const identifier = (name: string): string => name.replaceAll(/[^A-Za-z0-9_]/g, '_');

export interface NanoTableOptions {
  readonly project?: string;
  readonly image?: PEImage | undefined;
  readonly provider?: AssemblyProvider | undefined;
  /** `NFMDP_PE_ExcludeClassByName` of a project: types that the tool leaves out of what it has put in order. */
  readonly excludedTypes?: ReadonlySet<Token>;
}

/** @throws UnsupportedError for methods whose spelling is not known, or where two natives get one name */
export function buildNanoTable(assembly: AssemblyShape, profile: NanoProfile, options: NanoTableOptions = {}): NanoTable {
  const { excludedTypes } = options;
  const ordered = profile.order(assembly, operandTypes(assembly, options.image));
  const types = excludedTypes === undefined ? ordered : ordered.filter((type) => !isExcluded(type, excludedTypes));
  const slots: (NanoSlot | undefined)[] = [];
  const names = new Set<string>();
  for (const type of types) {
    for (const method of orderedMethods(type)) {
      const slot = isNativeMethod(type, method) ? nativeSlot(assembly, profile, slots.length, type, method) : undefined;
      slots.push(slot);
      if (slot === undefined) continue;
      const name = `${slot.className}::${slot.methodName}`;
      if (names.has(name)) throw new UnsupportedError(`Two native methods have the same name in C++: ${name}`);
      names.add(name);
    }
  }
  const checksum = nanoChecksum(assembly.name, profile, countedSlots(types, slots));
  const inherited = new InheritedFields(assembly.metadata, options.provider);
  return { assembly, profile, project: identifier(options.project ?? assembly.name), checksum, types, slots, inherited };
}

function isExcluded(type: TypeShape, excluded: ReadonlySet<Token>): boolean {
  for (let each: TypeShape | undefined = type; each !== undefined; each = each.enclosing) if (excluded.has(each.token)) return true;
  return false;
}

function nativeSlot(assembly: AssemblyShape, { generics }: NanoProfile, index: number, type: TypeShape, method: MethodShape): NanoSlot {
  const names = ofMethod(assembly, type, method, () => ({
    className: nanoClassName(type, generics),
    methodName: nanoMethodName(assembly.metadata, method, generics),
  }));
  return { index, type, method, ...names };
}

/** Interfaces, enumerations and delegates have places in the table and no part in the checksum. */
function countedSlots(types: readonly TypeShape[], slots: readonly (NanoSlot | undefined)[]): readonly (NanoSlot | undefined)[] {
  const counted: (NanoSlot | undefined)[] = [];
  let index = 0;
  for (const type of types) {
    if (hasStubs(type)) for (const slot of slots.slice(index, index + type.methods.length)) counted.push(slot);
    index += type.methods.length;
  }
  return counted;
}

/** The checksum that the table would have without one of its slots. */
export function checksumWithout({ assembly, profile, types, slots }: NanoTable, slot: number): number {
  let index = 0;
  const shorter = types.map((type) => {
    const first = index;
    index += type.methods.length;
    return slot >= first && slot < index ? { ...type, methods: type.methods.slice(1) } : type;
  });
  return nanoChecksum(assembly.name, profile, countedSlots(shorter, slots.toSpliced(slot, 1)));
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
