import { fileName, type GeneratedFile } from '../generated/generated-file.ts';
import { libraryStruct } from './header.ts';
import { nativeParameter } from './names.ts';
import type { NanoSlot, NanoTable } from './native-table.ts';

const identifier = (text: string): string => text.replaceAll(/[^A-Za-z0-9_]/g, '_');
const isVoid = ({ method }: NanoSlot): boolean => method.returnType.kind === 'primitive' && method.returnType.type === 'void';

/** A class's user code, its header, and the code that fetches arguments and calls it. */
export function interopFiles(table: NanoTable, className: string, slots: readonly NanoSlot[]): readonly GeneratedFile[] {
  const base = `${table.project}_${className}`;
  const includes = `#include "${table.project}.h"\n#include "${base}.h"\n`;
  const stubs = new Map<string, string>();
  for (const slot of slots) {
    const name = `${className}::${identifier(slot.method.name)}`;
    stubs.set(name, `${stubs.has(name) ? `${stubs.get(name)}\n` : ''}${userStub(name, slot)}`);
  }
  return [
    {
      path: fileName(base, '.cpp'),
      text: `${includes}\nusing namespace ${namespaceOf(table)};\n${[...stubs.values()].map((stub) => `\n${stub}`).join('')}`,
      stubs,
    },
    { path: fileName(`${base}_mshl`, '.cpp'), text: `${includes}\n${slots.map((slot) => marshalText(table, slot)).join('\n')}` },
    { path: fileName(base, '.h'), text: classHeader(table, base, className, slots) },
  ];
}

const namespaceOf = (table: NanoTable): string => `${identifier(table.assembly.name)}_Native`;

function parameterList({ method }: NanoSlot): string {
  const parameters = method.parameterTypes.map((type, index) => {
    const { native, byReference } = nativeParameter(type);
    return `${native}${byReference ? '&' : ''} param${index}`;
  });
  return [...parameters, 'HRESULT &hr'].join(', ');
}

const resultType = (slot: NanoSlot): string => nativeParameter(slot.method.returnType).native;

function userStub(name: string, slot: NanoSlot): string {
  const unused = ['hr', ...slot.method.parameterTypes.map((_, index) => `param${index}`)].map((parameter) => `    (void)${parameter};\n`);
  const result = isVoid(slot) ? '' : `    ${resultType(slot)} retValue = {};\n\n    return retValue;\n`;
  return `${resultType(slot)} ${name}( ${parameterList(slot)} )\n{\n${unused.join('')}${result}}\n`;
}

function classHeader(table: NanoTable, base: string, className: string, slots: readonly NanoSlot[]): string {
  const guard = `_${base.toUpperCase()}_H_`;
  const functions = slots
    .map((slot) => `        static ${resultType(slot)} ${identifier(slot.method.name)}( ${parameterList(slot)} );\n`)
    .join('');
  return `#ifndef ${guard}
#define ${guard}

namespace ${namespaceOf(table)}
{
    struct ${className}
    {
${functions}    };
}

#endif // ${guard}
`;
}

function marshalText(table: NanoTable, slot: NanoSlot): string {
  const { macro } = table.profile;
  const parameters = slot.method.parameterTypes.map(nativeParameter);
  const first = slot.method.isStatic ? 0 : 1;
  const fetches = parameters.map(({ native, marshal, byReference }, index) => {
    const block = byReference ? `        uint8_t heapblock${index}[CLR_RT_HEAP_BLOCK_SIZE];\n` : '';
    const call = byReference
      ? `Interop_Marshal_${marshal}_ByRef( stack, heapblock${index}, ${index + first}, param${index} )`
      : `Interop_Marshal_${marshal}( stack, ${index + first}, param${index} )`;
    return `        ${native} ${byReference ? '*' : ''}param${index};\n${block}        ${macro}_CHECK_HRESULT( ${call} );\n\n`;
  });
  const passed = [...parameters.map(({ byReference }, index) => `${byReference ? '*' : ''}param${index}`), 'hr'].join(', ');
  const call = `${namespaceOf(table)}::${slot.className}::${identifier(slot.method.name)}( ${passed} )`;
  const result = isVoid(slot) ? '' : `        SetResult_${nativeParameter(slot.method.returnType).marshal}( stack, retValue );\n`;
  return `HRESULT ${libraryStruct(table, slot.className)}::${slot.methodName}( CLR_RT_StackFrame& stack )
{
    ${macro}_HEADER(); hr = S_OK;
    {
${fetches.join('')}        ${isVoid(slot) ? '' : `${resultType(slot)} retValue = `}${call};
        ${macro}_CHECK_HRESULT( hr );
${result}    }
    ${macro}_NOCLEANUP();
}
`;
}
