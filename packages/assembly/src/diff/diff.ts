import { ifReadable } from '@ijw/binary';
import type { Metadata } from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';
import type { Boundary } from '@ijw/vtfixup';
import { fileResources } from '../resources/file-resource.ts';
import { apiChanges } from './api-changes.ts';
import { bodyChanges } from './body-changes.ts';
import { boundaryFacts, movedSlots, platformInvokeFacts } from './boundary-facts.ts';
import { type Change, type Facts, factChanges } from './change.ts';
import { headerChanges } from './header-changes.ts';
import { readPublicApi } from './public-api.ts';

/** A version of a file: an `Assembly`. */
export interface ComparedVersion {
  readonly image: PEImage | undefined;
  readonly metadata: Metadata | undefined;
  readonly boundary: Boundary;
}

/** What differs between two versions of a file, by name and not by token. What cannot be read in one version counts as absent there. */
export function* diffAssemblies(before: ComparedVersion, after: ComparedVersion): Generator<Change> {
  yield* headerChanges(before, after);
  if (before.metadata !== undefined && after.metadata !== undefined) {
    yield* apiChanges(readPublicApi(before.metadata), readPublicApi(after.metadata));
    yield* factChanges('pinvoke', platformInvokeFacts(before), platformInvokeFacts(after));
  }
  yield* factChanges('boundary', boundaryFacts(before), boundaryFacts(after));
  yield* movedSlots(before, after);
  yield* bodyChanges(before, after);
  yield* factChanges('resource', resourceFacts(before), resourceFacts(after));
}

/** Resources by name: size and a checksum of the content. */
function resourceFacts({ image, metadata }: ComparedVersion): Facts {
  const facts = new Map<string, string>();
  for (const { name, location, bytes, size } of image === undefined ? [] : fileResources(image, metadata)) {
    const content = ifReadable(bytes);
    facts.set(name, location ?? `${size ?? 0} bytes, ${content === undefined ? 'unreadable' : checksum(content)}`);
  }
  return facts;
}

/** FNV-1a, in hexadecimal: enough to tell one content from another. */
function checksum(bytes: Uint8Array): string {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
