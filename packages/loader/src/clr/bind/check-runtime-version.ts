import { RUNTIME_PROFILES, type RuntimeId } from '@ijw/assembly/runtime-profiles';
import { ClrRefusal } from '../../load/load-refusal.ts';

const PLACE = { structure: 'metadata root', field: 'Version' };

/** The error is in the runtime's profile; the observed runtime does not have this rule. */
const refusal = (rule: 'olderRuntime' | 'newerRuntime', reason: string): ClrRefusal =>
  new ClrRefusal({ rule, reason, hresult: 0, place: PLACE });

/** Of the metadata root: `v1.1.4322`, `v2.0.50727`. */
const isOfClr2 = (version: string): boolean => /^v[12]\./i.test(version);

export interface VersionedImage {
  /** The version string of its metadata root. */
  readonly version: string;
  readonly mixed: boolean;
}

/**
 * CLR 4 takes a mixed image that was built for CLR 1.1 or 2.0 only with `useLegacyV2RuntimeActivationPolicy` in the program's configuration, since two
 * versions of the CLR may be in one process; CLR 2 takes no image that was built for CLR 4. .NET does not look at the version.
 */
export function checkRuntimeVersion(runtime: RuntimeId, { version, mixed }: VersionedImage, legacyV2Policy: boolean): void {
  if (RUNTIME_PROFILES[runtime].host !== 'framework') return;
  const older = isOfClr2(version);
  if (runtime === 'net20' && !older) throw refusal('newerRuntime', `The image was built for ${version} of the runtime, which is newer`);
  if (runtime === 'net40' && older && mixed && !legacyV2Policy)
    throw refusal(
      'olderRuntime',
      `The image is mixed and was built for ${version} of the runtime; useLegacyV2RuntimeActivationPolicy is not set`,
    );
}
