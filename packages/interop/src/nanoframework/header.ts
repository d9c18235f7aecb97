import { UnsupportedError } from '@ijw/binary';
import { constantOf, typeFullName } from '@ijw/metadata';
import { commentText } from '../generated/generated-file.ts';
import type { StubOmission } from '../generated/stub-set.ts';
import type { TypeShape } from '../shape/assembly-shape.ts';
import { fieldsUnknown, isInstanceField } from '../shape/inherited-fields.ts';
import { fieldName } from '../tinyclr/names.ts';
import { nanoClassName } from './names.ts';
import { hasStubs, type NanoTable } from './native-table.ts';

export const libraryStruct = (table: NanoTable, className: string): string => `Library_${table.project}_${className}`;
export const definitionName = (table: NanoTable): string => `g_CLR_AssemblyNative_${table.assembly.name.replaceAll(/[^A-Za-z0-9_]/g, '_')}`;

/** `<Project>.h`: enumerations, the structs with field indices and natives, the definition; and what is left out of the structs. */
export function headerText(table: NanoTable): { readonly text: string; readonly omissions: readonly StubOmission[] } {
  const guard = `_${table.project.toUpperCase()}_H_`;
  const includes = table.profile.includes.map((name) => `#include <${name}>\n`).join('');
  const enums = table.types.filter(({ kind }) => kind === 'enum').map((type) => enumText(table, type));
  const omissions: StubOmission[] = [];
  const structs = structTexts(table, omissions);
  const text = `#ifndef ${guard}
#define ${guard}

${includes}
${enums.join('')}${structs.join('')}extern const CLR_RT_NativeAssemblyData ${definitionName(table)};

#endif // ${guard}
`;
  return { text, omissions };
}

function enumText({ assembly, profile }: NanoTable, type: TypeShape): string {
  if (!profile.hasNativeVersion) return '';
  const name = typeFullName(assembly.metadata, type.token)
    .replace(/^.*\.(?=[^.]*$)/, '')
    .replaceAll(/[^A-Za-z0-9_]/g, '_');
  const items = type.fields.flatMap(({ name: item, isLiteral, token }) => {
    const value = isLiteral ? constantOf(assembly.metadata, token) : undefined;
    const number = value && 'value' in value ? value.value : undefined;
    const isNumber = typeof number === 'number' || typeof number === 'bigint';
    return isNumber ? [`    ${name}_${item.replaceAll(/[^A-Za-z0-9_]/g, '_')} = ${number},\n`] : [];
  });
  return items.length === 0 ? '' : `typedef enum __nfpack ${name}\n{\n${items.join('')}} ${name};\n\n`;
}

function structTexts(table: NanoTable, omissions: StubOmission[]): string[] {
  let statics = 0;
  const natives = new Map<TypeShape, string[]>();
  for (const slot of table.slots) {
    if (!slot) continue;
    const line = `    ${table.profile.declare}(${slot.methodName});\n`;
    const lines = natives.get(slot.type);
    if (lines) lines.push(line);
    else natives.set(slot.type, [line]);
  }
  return table.types.filter(hasStubs).flatMap((type) => {
    if (type.name.startsWith('<PrivateImplementationDetails>')) return [];
    const own = type.fields.filter(isInstanceField);
    const lines = [
      ...type.fields
        .filter(({ isStatic, isLiteral }) => isStatic && !isLiteral)
        .map(({ name }) => fieldLine('FIELD_STATIC', name, statics++)),
      ...(own.length === 0 ? [] : instanceLines(table, type, own, omissions)),
      ...(natives.get(type) ?? []),
    ];
    return lines.length === 0
      ? []
      : [`struct ${libraryStruct(table, structClass(type, table.profile.generics))}\n{\n${lines.join('')}};\n\n`];
  });
}

/** A compiler's own class has no natives and may have any name. */
const structClass = (type: TypeShape, generics: boolean): string => {
  try {
    return nanoClassName(type, generics);
  } catch (error) {
    if (error instanceof UnsupportedError) return type.name.replaceAll(/[^A-Za-z0-9_]/g, '_');
    throw error;
  }
};

const fieldLine = (prefix: string, name: string, index: number): string =>
  `    static const int ${prefix}__${fieldName(name)} = ${index};\n`;

/** Index 0 is the object's header; the fields of base types come first. */
function instanceLines({ assembly, inherited }: NanoTable, type: TypeShape, own: TypeShape['fields'], omissions: StubOmission[]): string[] {
  const inheritance = inherited.of(type);
  if ('fields' in inheritance) return own.map(({ name }, index) => fieldLine('FIELD', name, 1 + inheritance.fields + index));
  const reason = fieldsUnknown(inheritance.unknownBase);
  omissions.push({ token: type.token, type: typeFullName(assembly.metadata, type.token), reason });
  return [`    // ${commentText(reason)}\n`];
}
