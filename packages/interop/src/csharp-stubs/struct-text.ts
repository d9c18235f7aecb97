import { type NativeField, type NativeStruct, nativeExtent, structLayout } from '@ijw/marshalling';
import { UniqueNames } from '../generated/unique-names.ts';
import { csIdentifier, csType, remark } from './cs-type.ts';

/** Element types that C# allows in a fixed-size buffer. */
const BUFFER_TYPES: ReadonlySet<string> = new Set(['sbyte', 'byte', 'short', 'ushort', 'int', 'uint', 'long', 'ulong', 'float', 'double']);
const MAXIMUM_ELEMENTS = 256;

/** A structure in its native layout, which is blittable. */
export function structText(struct: NativeStruct, pointerSize: 4 | 8): string {
  const name = csIdentifier(struct.name);
  const unique = new UniqueNames(new Set([struct.name]));
  const { size, offsets } = structLayout(struct, pointerSize);
  const lines = (struct.fields ?? []).map((field, index) =>
    fieldText(field, unique, { offset: struct.explicit ? offsets[index] : undefined, pointerSize }),
  );
  const arguments_ = [
    `LayoutKind.${struct.explicit ? 'Explicit' : 'Sequential'}`,
    ...(struct.packing === 0 ? [] : [`Pack = ${struct.packing}`]),
    ...(struct.classSize === 0 && lines.length > 0 ? [] : [`Size = ${size}`]),
  ];
  const isWhole = lines.every((line) => line !== undefined);
  const body = isWhole ? lines.join('') : `    // not portable: a field is an array of structures that is too long to write out\n`;
  const layout = isWhole ? arguments_.join(', ') : `LayoutKind.Sequential, Size = ${size}`;
  return `/// <summary>${remark(struct.fullName).replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</summary>
[StructLayout(${layout})]
public unsafe struct ${name}
{
${body}}
`;
}

interface FieldPlace {
  /** Of an explicit layout. */
  readonly offset: number | undefined;
  readonly pointerSize: 4 | 8;
}

function fieldText({ name, type }: NativeField, unique: UniqueNames, { offset, pointerSize }: FieldPlace): string | undefined {
  const at = (place: number): string => (offset === undefined ? '' : `[FieldOffset(${offset + place})] `);
  const field = csIdentifier(unique.take(csIdentifier(name).replace('@', '')));
  if (type.kind !== 'array') return `    ${at(0)}public ${csType(type)} ${field};\n`;
  const element = csType(type.element);
  if (BUFFER_TYPES.has(element)) return `    ${at(0)}public fixed ${element} ${field}[${Math.max(type.length, 1)}];\n`;
  if (type.length > MAXIMUM_ELEMENTS || type.element.kind === 'array') return undefined;
  const { size } = nativeExtent(type.element, pointerSize);
  return Array.from(
    { length: type.length },
    (_, index) => `    ${at(index * size)}public ${element} ${unique.take(`${field.replace('@', '')}_${index}`)};\n`,
  ).join('');
}
