export type { RuntimeHost } from '../target-host.ts';
export { isFrameworkKey } from './framework-keys.ts';
export { type ProcessPlatform, processPlatform } from './process-platform.ts';
export { type RefusalCase, type RefusalCodes, refusalCodes, refusalMessage } from './refusal-codes.ts';
export { isRuntimeId, OBSERVED_RUNTIME, RUNTIME_PROFILES, type RuntimeId, type RuntimeProfile, runtimeIds } from './runtime-profile.ts';
export { type TargetHost, type TargetRuntime, targetRuntime } from './target-runtime.ts';
