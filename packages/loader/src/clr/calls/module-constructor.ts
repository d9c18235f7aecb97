import { MethodAttributes, makeToken, TableId } from '@ijw/metadata';
import { clrException, HResult } from '../../load/clr-error.ts';
import type { Trace } from '../../load/load-event.ts';
import type { ClrException } from '../../load/load-refusal.ts';
import type { ManagedEntry } from '../../load/managed-entry.ts';
import type { LoadedAssembly } from '../bind/load-context.ts';

/** `.cctor` is special by name and by flag, and static (ECMA-335 II.10.5.3). */
const RT_SPECIAL_STATIC = MethodAttributes.RTSpecialName | MethodAttributes.Static;

/** The token of `<Module>::.cctor`, or `undefined` where the module has none. */
export function moduleConstructor({ image: { metadata } }: LoadedAssembly): number | undefined {
  const { MethodDef, TypeDef } = metadata.tables;
  if (TypeDef.rowCount === 0) return undefined;
  for (const rid of metadata.methodsOf(1)) {
    const isConstructor = (MethodDef.get(rid, 'Flags') & RT_SPECIAL_STATIC) === RT_SPECIAL_STATIC;
    if (isConstructor && metadata.strings.get(MethodDef.get(rid, 'Name')) === '.cctor') return makeToken(TableId.MethodDef, rid);
  }
  return undefined;
}

/** A use of an assembly, which the first time runs its module constructor. */
export interface Activation {
  readonly managedEntry: ManagedEntry;
  readonly trace: Trace;
  /** For the trace. */
  readonly cause: string;
}

/**
 * `EnsureActive`: runs the module constructor once an assembly, at its first use. While it runs its own calls pass; after it has thrown every use
 * throws. Returns the exception, if there is one.
 */
export function activate({ managedEntry, trace, cause }: Activation, assembly: LoadedAssembly): ClrException | undefined {
  if (assembly.activation === 'done' || assembly.activation === 'running') return undefined;
  if (assembly.activation === 'failed') return assembly.failure;
  if (assembly.activation === 'forbidden') return FORBIDDEN;
  const problem = assembly.image.metadata.tables.TypeDef.rowCount > 0 ? assembly.types.load(makeToken(TableId.TypeDef, 1)) : undefined;
  if (problem) return problem.exception;
  trace.add({ step: 'activate', cause });
  const token = moduleConstructor(assembly);
  if (token === undefined) {
    assembly.activation = 'done';
    return undefined;
  }
  assembly.activation = 'running';
  assembly.constructorRuns++;
  const result = managedEntry.call({
    token,
    method: '<Module>::.cctor',
    through: 'moduleConstructor',
    arguments: [],
    context: assembly.context.name,
  });
  const failed = 'exception' in result;
  trace.add({ step: 'moduleConstructor', token, outcome: failed ? 'threw' : 'ran' });
  assembly.activation = failed ? 'failed' : 'done';
  if (failed) assembly.failure = typeInitialization(result.exception);
  return assembly.failure;
}

/** The exception of every use of a reflection-only assembly. */
const FORBIDDEN = clrException(
  'InvalidOperationException',
  HResult.COR_E_INVALIDOPERATION,
  'It is illegal to invoke a method on a Type loaded via ReflectionOnly.',
);

const typeInitialization = (inner: ClrException): ClrException =>
  clrException(
    'TypeInitializationException',
    HResult.COR_E_TYPEINITIALIZATION,
    "The type initializer for '<Module>' threw an exception.",
    inner,
  );
