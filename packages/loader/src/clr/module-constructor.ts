import { makeToken, TableId } from '@ijw/metadata';
import type { ClrException } from '../load-refusal.ts';
import { clrException, HResult } from './clr-error.ts';
import type { LoadedAssembly } from './load-context.ts';
import type { Runtime } from './runtime.ts';

/** ECMA-335 II.23.1.10: `.cctor` is special by name and by flag, and static. */
const RT_SPECIAL_STATIC = 0x1010;

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

/**
 * `EnsureActive`: runs the module constructor once an assembly, at its first use. While it runs its own calls pass; after it has thrown every use
 * throws. Answers with the exception, if there is one.
 */
export function activate(runtime: Runtime, assembly: LoadedAssembly, cause: string): ClrException | undefined {
  if (assembly.activation === 'done' || assembly.activation === 'running') return undefined;
  if (assembly.activation === 'failed') return assembly.failure;
  if (assembly.activation === 'forbidden') return FORBIDDEN;
  const problem = assembly.image.metadata.tables.TypeDef.rowCount > 0 ? assembly.types.load(makeToken(TableId.TypeDef, 1)) : undefined;
  if (problem) return problem.exception;
  runtime.process.trace.add({ step: 'activate', cause });
  const token = moduleConstructor(assembly);
  if (token === undefined) {
    assembly.activation = 'done';
    return undefined;
  }
  assembly.activation = 'running';
  assembly.constructorRuns++;
  const result = runtime.managedEntry.call({
    token,
    method: '<Module>::.cctor',
    through: 'moduleConstructor',
    arguments: [],
    context: assembly.context.name,
  });
  const failed = 'exception' in result;
  runtime.process.trace.add({ step: 'moduleConstructor', token, outcome: failed ? 'threw' : 'ran' });
  assembly.activation = failed ? 'failed' : 'done';
  if (failed) assembly.failure = typeInitialization(result.exception);
  return assembly.failure;
}

/** What a reflection-only assembly says to whoever wants to run it. */
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
