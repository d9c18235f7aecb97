import { ifReadable } from '@ijw/binary';
import { isTokenOf, makeToken, TableId, TypeAttributes, type TypeDefToken, tokenRid } from '@ijw/metadata';
import type { InteropModule } from '../../inventory/interop-module.ts';
import type { TableCheck } from '../context/check.ts';
import { isVisibleType } from './platform-invoke-methods.ts';

/** ClassInterfaceType.AutoDual. */
const AUTO_DUAL = 2;

/** ComVisible as the nearest of type and assembly says; visible where neither does, as the .NET Framework has it. */
function isComVisible({ attributes }: InteropModule, type: TypeDefToken): boolean {
  for (const parent of [type, makeToken(TableId.Assembly, 1)]) {
    const value = attributes.value(attributes.find('comVisible', parent))?.fixedArguments[0]?.value;
    if (typeof value === 'boolean') return value;
  }
  return true;
}

/** NI060: imported COM interfaces and classes without an identity. */
export const comImports: TableCheck = {
  rules: ['NI060'],
  run(context) {
    const { module, metadata } = context;
    module.eachType((type) => {
      const isImported = (metadata.tables.TypeDef.get(tokenRid(type), 'Flags') & TypeAttributes.Import) !== 0;
      if (isImported && !module.attributes.has('guid', type)) context.report('NI060', { token: type });
    });
  },
};

/** NI061: class interfaces made of the members as they are. */
export const classInterfaces: TableCheck = {
  rules: ['NI061'],
  run(context) {
    const { module } = context;
    for (const { rid, parent } of module.attributes.all('classInterface')) {
      const value = module.attributes.value(rid)?.fixedArguments[0]?.value;
      if (value !== AUTO_DUAL) continue;
      if (!isTokenOf(parent, 'TypeDef')) {
        context.report('NI061', { token: parent });
        continue;
      }
      const isShown = ifReadable(() => isVisibleType(context, parent)) && isComVisible(module, parent);
      if (isShown) context.report('NI061', { token: parent });
    }
  },
};
