import { hex } from '@ijw/binary';
import { LoadRefusal, type MappedModule } from '@ijw/windows';
import { HResult } from '../load/clr-error.ts';
import { refusalDetails } from '../load/load-refusal.ts';
import type { LoadedAssembly } from './bind/load-context.ts';
import type { CallResult } from './calls/call-result.ts';
import { type LoadProgress, opened } from './load-progress.ts';
import type { RuntimeRun } from './runtime.ts';
import { startUp } from './start-up.ts';

/**
 * `InMemoryAssemblyLoader.LoadInMemoryAssembly`: the mapped module becomes an assembly of the default context, for the first call through one of
 * ijwhost's thunks, or from `_CorDllMain` of .NET Framework, while the Windows loader is still at work.
 * @throws LoadRefusal
 */
export function loadInMemory(run: RuntimeRun, module: MappedModule): LoadedAssembly | undefined {
  const { image, path: file } = module;
  const load = opened({ image, file, context: run.runtime.context('default'), inMemory: true }, module);
  let reached: LoadProgress = load;
  for (const progress of startUp(run, 'firstCall', load)) reached = progress;
  return reached.stage === 'loaded' ? reached.assembly : undefined;
}

export interface BootstrapStart extends RuntimeRun {
  readonly module: MappedModule;
  /** Gets the assembly that the module has become. */
  readonly adopt: (assembly: LoadedAssembly | undefined) => void;
}

/** `start_runtime_and_get_target_address` of ijwhost: starts the runtime and loads the module as an assembly. Returns the failure, if any. */
export function startThroughBootstrap(start: BootstrapStart): CallResult | undefined {
  const { runtime, trace, module, adopt } = start;
  const config = runtime.options.runtimeConfig ?? 'present';
  if (config !== 'present' && !runtime.started)
    return runtimeNotStarted(config === 'missing' ? HResult.HOST_NO_RUNTIME_CONFIG : HResult.HOST_NO_RUNTIME);
  runtime.start('a bootstrap thunk', trace);
  try {
    adopt(loadInMemory(start, module));
    return undefined;
  } catch (error) {
    if (!(error instanceof LoadRefusal)) throw error;
    const { hresult, reason, exception } = refusalDetails(error);
    return { kind: 'processDied', hresult, reason, ...(exception && { exception }) };
  }
}

const runtimeNotStarted = (hresult: number): CallResult => ({
  kind: 'processDied',
  hresult,
  reason: `Failed to start the .NET runtime. Error code: ${hex(hresult)}`,
});
