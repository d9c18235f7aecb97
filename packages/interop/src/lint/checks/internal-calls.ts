import { UnsupportedError } from '@ijw/binary';
import { TypeAttributes, tokenRid } from '@ijw/metadata';
import { readAssemblyShape } from '../../shape/read-assembly-shape.ts';
import { buildInteropTable } from '../../tinyclr/interop-table.ts';
import type { TableCheck } from '../context/check.ts';
import type { LintContext } from '../context/lint-context.ts';
import { readRegisteredMethods } from './leanclr-registrations.ts';

/** The core library has the runtime's own functions behind its internal calls. */
const isCoreLibrary = ({ module }: LintContext): boolean =>
  [...module.types()].some((type) => {
    const { TypeDef } = module.metadata.tables;
    return TypeDef.get(tokenRid(type), 'Extends') === 0 && module.typeName(type) === 'System.Object';
  });

/** NI082: internal calls that no registration or table binds. Constructors of imported COM classes are the runtime's. */
export const internalCalls: TableCheck = {
  rules: ['NI082'],
  run(context) {
    const { module, metadata, options } = context;
    const methods = module.platformInvokes.filter(({ kind }) => kind === 'internalCall');
    const isKnown = options.registrations !== undefined || options.interopTable !== undefined;
    if (methods.length === 0 || (!isKnown && isCoreLibrary(context))) return;
    const bound = boundMethods(context);
    const where = isKnown ? 'no registration binds it' : 'only the core library may have such methods';
    for (const { token, type } of methods) {
      const isImported = (metadata.tables.TypeDef.get(tokenRid(type), 'Flags') & TypeAttributes.Import) !== 0;
      if (!isImported && !bound.has(token)) context.report('NI082', { token, values: { where } });
    }
  },
};

function boundMethods(context: LintContext): ReadonlySet<number> {
  const bound = new Set<number>();
  const { interopTable: table } = context.options;
  if (table !== undefined) {
    const slots = context.module.diagnostics.attempt(() => {
      try {
        return buildInteropTable(readAssemblyShape(context.module.assembly)).slots;
      } catch (error) {
        if (error instanceof UnsupportedError) return [];
        throw error;
      }
    });
    slots?.forEach((slot, index) => {
      if (slot && table.slots[index] !== undefined) bound.add(slot.method.token);
    });
  }
  for (const { found } of readRegisteredMethods(context)) for (const { token } of found) bound.add(token);
  return bound;
}
