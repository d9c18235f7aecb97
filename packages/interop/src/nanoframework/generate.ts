import { UnsupportedError } from '@ijw/binary';
import { makeToken, TableId, typeFullName } from '@ijw/metadata';
import { attributeDecoderOf, attributeTypeOf } from '@ijw/metadata/attributes';
import { checksumText } from '../firmware/source-table.ts';
import { fileName, type GeneratedFile } from '../generated/generated-file.ts';
import type { StubSet } from '../generated/stub-set.ts';
import { definitionName, headerText, libraryStruct } from './header.ts';
import { interopFiles } from './interop-files.ts';
import type { NanoSlot, NanoTable } from './native-table.ts';

/**
 * The header, the table, the files of each class with natives, and the module for CMake.
 * @param bare one file of stubs for a class, which get at the stack themselves; otherwise user code, header and marshalling code apart
 * @throws UnsupportedError for an assembly without natives
 */
export function nanoStubs(table: NanoTable, bare: boolean): StubSet {
  const entries = table.slots.flatMap((slot) =>
    slot ? [{ index: slot.index, token: slot.method.token, symbol: symbolOf(table, slot) }] : [],
  );
  if (entries.length === 0) throw new UnsupportedError(`${table.assembly.name} has no native methods, so there is nothing to generate`);
  const natives = new Map<string, NanoSlot[]>();
  for (const slot of table.slots) {
    if (!slot) continue;
    const own = natives.get(slot.className);
    if (own) own.push(slot);
    else natives.set(slot.className, [slot]);
  }
  const classes = [...natives].flatMap(([className, slots]) =>
    bare ? [bareFile(table, className, slots)] : interopFiles(table, className, slots),
  );
  const { text, omissions } = headerText(table);
  const files = [
    { path: fileName(table.project, '.h'), text },
    { path: fileName(table.project, '.cpp'), text: tableText(table) },
    ...classes,
  ];
  return { files: [...files, cmakeFile(table, files, bare)], checksum: table.checksum, entries, refusals: [], omissions };
}

export const symbolOf = (table: NanoTable, slot: NanoSlot): string => `${libraryStruct(table, slot.className)}::${slot.methodName}`;

function tableText(table: NanoTable): string {
  const rows = table.slots.map((slot) => `    ${slot ? symbolOf(table, slot) : table.profile.nothing},\n`).join('');
  const version = table.profile.hasNativeVersion ? `,\n    { ${nativeVersion(table).join(', ')} }` : '';
  return `#include "${table.project}.h"

// clang-format off

static const CLR_RT_MethodHandler method_lookup[] =
{
${rows}};

const CLR_RT_NativeAssemblyData ${definitionName(table)} =
{
    ${JSON.stringify(table.assembly.name)},
    ${checksumText(table.checksum)},
    method_lookup${version}
};

// clang-format on
`;
}

/** The version of AssemblyNativeVersionAttribute, which the vendor's tool insists on; without it the assembly's own. */
function nativeVersion({ assembly: { metadata } }: NanoTable): readonly number[] {
  const owner = makeToken(TableId.Assembly, 1);
  for (const rid of metadata.customAttributesOf(owner)) {
    if (!typeFullName(metadata, attributeTypeOf(metadata, rid)).endsWith('.AssemblyNativeVersionAttribute')) continue;
    const value = attributeDecoderOf(metadata).decode(rid).fixedArguments[0]?.value;
    if (typeof value === 'string' && /^\d+(?:\.\d+){0,3}$/.test(value)) return [...value.split('.').map(Number), 0, 0, 0].slice(0, 4);
  }
  const { Assembly } = metadata.tables;
  if (Assembly.rowCount === 0) return [0, 0, 0, 0];
  return (['Major', 'Minor', 'Build', 'Revision'] as const).map((column) => Assembly.get(1, column));
}

function bareFile(table: NanoTable, className: string, slots: readonly NanoSlot[]): GeneratedFile {
  const { macro } = table.profile;
  const stubs = new Map(
    slots.map((slot) => [
      symbolOf(table, slot),
      `HRESULT ${symbolOf(table, slot)}( CLR_RT_StackFrame& stack )
{
    ${macro}_HEADER();

    ${macro}_SET_AND_LEAVE(stack.NotImplementedStub());

    ${macro}_NOCLEANUP();
}
`,
    ]),
  );
  return {
    path: fileName(`${table.project}_${className}`, '.cpp'),
    text: `#include "${table.project}.h"\n${[...stubs.values()].map((stub) => `\n${stub}`).join('')}`,
    stubs,
  };
}

/** A find module: the include folders and the sources of the assembly. */
function cmakeFile(table: NanoTable, files: readonly GeneratedFile[], bare: boolean): GeneratedFile {
  const { name } = table.assembly;
  const variable = name.replaceAll(/[^A-Za-z0-9_.-]/g, '_');
  const base = bare ? `\${BASE_PATH_FOR_CLASS_LIBRARIES_MODULES}/${variable}` : `\${PROJECT_SOURCE_DIR}/InteropAssemblies/${variable}`;
  const sources = files.flatMap(({ path }) => (path.endsWith('.cpp') ? [`    \${BASE_PATH_FOR_THIS_MODULE}/${path}\n`] : [])).join('');
  const text = `set(BASE_PATH_FOR_THIS_MODULE ${base})

list(APPEND ${variable}_INCLUDE_DIRS
    \${PROJECT_SOURCE_DIR}/src/CLR/Core
    \${PROJECT_SOURCE_DIR}/src/CLR/Include
    \${PROJECT_SOURCE_DIR}/src/HAL/Include
    \${PROJECT_SOURCE_DIR}/src/PAL/Include
    \${BASE_PATH_FOR_THIS_MODULE}
)

set(${variable}_SOURCES
${sources})

include(FindPackageHandleStandardArgs)
FIND_PACKAGE_HANDLE_STANDARD_ARGS(${variable} DEFAULT_MSG ${variable}_INCLUDE_DIRS ${variable}_SOURCES)
`;
  return { path: fileName(`${bare ? 'Find' : 'FindINTEROP-'}${name}`, '.cmake'), text };
}
