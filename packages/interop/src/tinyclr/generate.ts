import { hexDigits, UnsupportedError } from '@ijw/binary';
import { commentText, fileName, type GeneratedFile } from '../generated/generated-file.ts';
import type { StubSet } from '../generated/stub-set.ts';
import type { InteropStruct, InteropTable, NativeSlot } from './interop-table.ts';
import type { TinyClrProfile } from './profile.ts';

export interface TinyClrOptions {
  readonly profile: TinyClrProfile;
  /** Stubs that only say that they are not implemented, without the code that fetches arguments. */
  readonly bare?: boolean;
}

export const assemblyIdentifier = (table: InteropTable): string => table.assembly.replaceAll(/[^A-Za-z0-9_]/g, '_');
export const structName = (table: InteropTable, className: string): string => `Interop_${assemblyIdentifier(table)}_${className}`;
const handler = (slot: NativeSlot): string => `static TinyCLR_Result ${slot.methodName}(const TinyCLR_Interop_MethodData md);`;

/** The header, the table, and a file of stubs for each class that has natives. */
export function generateTinyClr(table: InteropTable, options: TinyClrOptions): readonly GeneratedFile[] {
  const header = fileName(assemblyIdentifier(table), '.h');
  return [
    { path: header, text: headerText(table) },
    { path: fileName(assemblyIdentifier(table), '.cpp'), text: tableText(table, header) },
    ...table.structs.filter((struct) => struct.natives.length > 0).map((struct) => stubFile(table, struct, header, options)),
  ];
}

/** The files with the checksum and the natives by their slots. @throws UnsupportedError for an assembly without natives */
export function tinyClrStubs(table: InteropTable, options: TinyClrOptions): StubSet {
  const entries = table.slots.flatMap((slot) =>
    slot ? [{ index: slot.index, token: slot.method.token, symbol: `${structName(table, slot.className)}::${slot.methodName}` }] : [],
  );
  if (entries.length === 0) throw new UnsupportedError(`${table.assembly} has no native methods, so there is nothing to generate`);
  return { files: generateTinyClr(table, options), checksum: table.checksum, entries, refusals: [], omissions: table.omissions };
}

function stubFile(table: InteropTable, struct: InteropStruct, header: string, options: TinyClrOptions): GeneratedFile {
  const stubs = new Map(
    struct.natives.map((slot) => [`${structName(table, struct.className)}::${slot.methodName}`, stubText(table, slot, options)]),
  );
  return {
    path: fileName(`${assemblyIdentifier(table)}_${struct.className}`, '.cpp'),
    text: `#include "${header}"\n${[...stubs.values()].map((stub) => `\n${stub}`).join('')}`,
    stubs,
  };
}

function headerText(table: InteropTable): string {
  const structs = table.structs.map((struct) => structText(table, struct)).join('\n');
  return `#pragma once\n\n#include <TinyCLR.h>\n\n${structs}\nextern const TinyCLR_Interop_Assembly Interop_${assemblyIdentifier(table)};\n`;
}

function structText(table: InteropTable, struct: InteropStruct): string {
  const constant = (field: InteropStruct['fields'][number]): string => `static const size_t ${field.constant} = ${field.index};`;
  const groups = [
    struct.fields.filter((field) => field.constant.startsWith('FIELD_STATIC')).map(constant),
    struct.fields.filter((field) => !field.constant.startsWith('FIELD_STATIC')).map(constant),
    struct.natives.filter((slot) => !slot.method.isStatic).map(handler),
    struct.natives.filter((slot) => slot.method.isStatic).map(handler),
  ].filter((group) => group.length > 0);
  const body = groups.map((group) => group.map((line) => `    ${line}\n`).join('')).join('\n');
  const omitted = table.omissions.filter(({ token }) => token === struct.type.token).map(({ reason }) => `    // ${commentText(reason)}\n`);
  return `struct ${structName(table, struct.className)} {\n${omitted.join('')}${body}};\n`;
}

function tableText(table: InteropTable, header: string): string {
  const rows = table.slots
    .map((slot) => `    ${slot ? `${structName(table, slot.className)}::${slot.methodName}` : 'nullptr'},\n`)
    .join('');
  const checksum = `0x${hexDigits(table.checksum, 8).toUpperCase()}`;
  return `#include "${header}"

static const TinyCLR_Interop_MethodHandler methods[] = {
${rows}};

const TinyCLR_Interop_Assembly Interop_${assemblyIdentifier(table)} = {
    ${JSON.stringify(table.assembly)},
    ${checksum},
    methods
};
`;
}

/** The definition of one native, ready to be filled in. */
export function stubText(table: InteropTable, slot: NativeSlot, options: TinyClrOptions): string {
  const prologue = options.bare ? [] : options.profile.prologue(slot);
  const body = [...prologue, 'return TinyCLR_Result::NotImplemented;'].map((line) => (line === '' ? '\n' : `    ${line}\n`)).join('');
  return `TinyCLR_Result ${structName(table, slot.className)}::${slot.methodName}(const TinyCLR_Interop_MethodData md) {\n${body}}\n`;
}
