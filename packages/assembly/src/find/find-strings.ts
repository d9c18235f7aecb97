import { ExpansionBudget, ifReadable } from '@ijw/binary';
import { type Metadata, type Token, UserStringTokenTag } from '@ijw/metadata';
import { embeddedResource, isResourcesFile, manifestResources, readResource, readResourcesFile } from '@ijw/metadata/resources';
import type { PEImage } from '@ijw/pe';
import type { FoundMatch, SearchedContent } from './found-match.ts';
import type { TextPattern } from './text-pattern.ts';
import { textRuns } from './text-runs.ts';

/** Texts that fit: user strings, strings of `.resources`, and ASCII and UTF-16 in the rest of the image. What cannot be read is passed over. */
export function* findStrings({ image, metadata }: SearchedContent, pattern: TextPattern): Generator<FoundMatch> {
  if (metadata !== undefined) yield* userStrings(metadata, pattern);
  if (image === undefined) return;
  if (metadata !== undefined) yield* resourceStrings(image, metadata, pattern);
  yield* nativeStrings(image, metadata, pattern);
}

function* userStrings(metadata: Metadata, { test }: TextPattern): Generator<FoundMatch> {
  const entries = metadata.userStrings.entries();
  for (;;) {
    const next = ifReadable(() => entries.next());
    if (next === undefined || next.done === true) return;
    const { offset, text } = next.value;
    if (test(text)) yield { kind: 'string', text, token: ((UserStringTokenTag << 24) + offset) as Token, in: '#US' };
  }
}

function* resourceStrings(image: PEImage, metadata: Metadata, { test }: TextPattern): Generator<FoundMatch> {
  for (const resource of ifReadable(() => [...manifestResources(metadata)]) ?? []) {
    const bytes = ifReadable(() => embeddedResource(image, resource));
    if (bytes === undefined || !isResourcesFile(bytes)) continue;
    const file = ifReadable(() => readResourcesFile(bytes));
    for (const entry of file?.entries ?? []) {
      const value = file && ifReadable(() => readResource(file, entry));
      if (value?.type !== 'string' || !test(value.value)) continue;
      yield { kind: 'string', text: value.value, token: resource.token, in: `resource ${resource.name}, ${entry.name}` };
    }
  }
}

/** The bytes of each section in the file, except the metadata and `.resources`, whose texts are read separately. */
function* nativeStrings(image: PEImage, metadata: Metadata | undefined, { test }: TextPattern): Generator<FoundMatch> {
  const known = metadata === undefined ? [] : knownRanges(image, metadata);
  const budget = ExpansionBudget.ofSharedData(image.bytes.length, 'the strings of sections');
  for (const { name, pointerToRawData, sizeOfRawData, virtualAddress } of image.sections) {
    const end = Math.min(pointerToRawData + sizeOfRawData, image.bytes.length);
    // Sections of a hostile image may all have the same bytes.
    const size = Math.max(0, end - pointerToRawData);
    if (image.diagnostics.attempt(() => budget.spend(size, { offset: pointerToRawData }) ?? true) === undefined) return;
    for (const [from, to] of between(known, pointerToRawData, end))
      for (const { offset, encoding, text } of textRuns(image.bytes, from, to)) {
        if (!test(text)) continue;
        const rva = virtualAddress + offset - pointerToRawData;
        yield { kind: 'string', text, rva, offset, in: `${name}, ${encoding === 'ascii' ? 'ASCII' : 'UTF-16'}` };
      }
  }
}

/** Offsets in the file: the first byte, and the one after the last. */
type Range = readonly [start: number, end: number];

function knownRanges(image: PEImage, metadata: Metadata): readonly Range[] {
  const rangeOf = (part: Uint8Array): Range => {
    const start = part.byteOffset - image.bytes.byteOffset;
    return [start, start + part.length];
  };
  const resources = (ifReadable(() => [...manifestResources(metadata)]) ?? []).flatMap((resource) => {
    const bytes = ifReadable(() => embeddedResource(image, resource));
    return bytes !== undefined && isResourcesFile(bytes) ? [rangeOf(bytes)] : [];
  });
  return [rangeOf(metadata.bytes), ...resources].sort(([one], [other]) => one - other);
}

/** The parts of a range that are outside the others, which are sorted. */
function* between(others: readonly Range[], start: number, end: number): Generator<Range> {
  let at = start;
  for (const [from, to] of others) {
    if (from > at && from < end) yield [at, from];
    at = Math.max(at, to);
  }
  if (at < end) yield [at, end];
}
