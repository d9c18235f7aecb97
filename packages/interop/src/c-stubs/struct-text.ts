import { identifier, type NativeStruct, nativeExtent, structLayout } from '@ijw/marshalling';
import { UniqueNames } from '../generated/unique-names.ts';
import { C_RESERVED, declaration } from './c-type.ts';

/** The largest alignment that a size is a multiple of, which is all that C can express. */
function expressible(size: number, alignment: number): number {
  let power = 1;
  while (power * 2 <= alignment && size % (power * 2) === 0) power *= 2;
  return power;
}

const padding = (index: number, size: number): string => `uint8_t ijw_padding${index}[${size}];`;

/** The definition with every byte: fields, padding, and the alignment of the structure. */
function definition(struct: NativeStruct, names: readonly string[], pointerSize: 4 | 8): string {
  const { size, alignment, offsets } = structLayout(struct, pointerSize);
  const fields = struct.fields ?? [];
  const align = expressible(size, alignment);
  const members: string[] = [];
  if (fields.length === 0) members.push(`    uint8_t ijw_bytes[${size}];`);
  else if (struct.explicit) {
    fields.forEach(({ type }, index) => {
      const before = offsets[index]! > 0 ? `${padding(index, offsets[index]!)} ` : '';
      members.push(`        struct { ${before}${declaration(type, names[index]!)}; };`);
    });
    members.unshift('    union {');
    members.push(`        uint8_t ijw_bytes[${size}];`, '    };');
  } else {
    let end = 0;
    fields.forEach(({ type }, index) => {
      if (offsets[index]! > end) members.push(`    ${padding(index, offsets[index]! - end)}`);
      members.push(`    ${declaration(type, names[index]!)};`);
      end = offsets[index]! + nativeExtent(type, pointerSize).size;
    });
    if (size > end) members.push(`    ${padding(fields.length, size - end)}`);
  }
  return `struct IJW_ALIGN(${align}) ${struct.name} {\n${members.join('\n')}\n};\n`;
}

/** A structure with assertions about its size and where its fields are, for both widths of a pointer. */
export function structText(struct: NativeStruct): string {
  const fields = struct.fields ?? [];
  const unique = new UniqueNames(C_RESERVED);
  const names = fields.map(({ name }) => unique.take(identifier(name)));
  const [wide, narrow] = [definition(struct, names, 8), definition(struct, names, 4)];
  const [wideLayout, narrowLayout] = [structLayout(struct, 8), structLayout(struct, 4)];
  const text = wide === narrow ? wide : `#if UINTPTR_MAX > 0xffffffffu\n${wide}#else\n${narrow}#endif\n`;
  const value = (on64: number, on32: number): string => (on64 === on32 ? String(on64) : `IJW_BY_POINTER(${on64}, ${on32})`);
  const checks = [
    `IJW_ASSERT(sizeof(${struct.name}) == ${value(wideLayout.size, narrowLayout.size)}, "size of ${struct.name}");\n`,
    ...names.map((name, index) => {
      const offset = value(wideLayout.offsets[index]!, narrowLayout.offsets[index]!);
      return `IJW_ASSERT(offsetof(${struct.name}, ${name}) == ${offset}, "${struct.name}.${name}");\n`;
    }),
  ];
  return `/* ${comment(struct.fullName)} */\n${text}${checks.join('')}\n`;
}

/** Text without an end of a comment or a line. */
export const comment = (text: string): string =>
  text
    .replaceAll(/[^\x20-\x7e]/g, '?')
    .replaceAll('*/', '* /')
    .replaceAll('/*', '/ *')
    .replaceAll('\\', '/')
    .slice(0, 500);
