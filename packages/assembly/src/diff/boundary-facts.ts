import { isTokenOf, type Metadata, type MethodDefToken, type Token } from '@ijw/metadata';
import { type Boundary, importedFunctionText, type ManagedToNative } from '@ijw/vtfixup';
import type { Change, Facts } from './change.ts';
import { methodKey, uniqueKeys } from './member-key.ts';

interface BoundaryVersion {
  readonly image: unknown;
  readonly boundary: Boundary;
}

/** Bare metadata has no boundary, a native image no methods. */
function crossings(version: BoundaryVersion): { readonly boundary: Boundary; readonly metadata: Metadata } | undefined {
  if (version.image === undefined) return undefined;
  const { metadata } = version.boundary;
  return metadata && { boundary: version.boundary, metadata };
}

/** P/Invokes by method: what they are bound to and how they call. Addresses in the image change with every build and are left out. */
export function platformInvokeFacts(version: BoundaryVersion): Facts {
  const facts = new Map<string, string>();
  const unique = uniqueKeys();
  const { boundary, metadata } = crossings(version) ?? {};
  if (boundary === undefined || metadata === undefined) return facts;
  for (const call of boundary.managedToNative) facts.set(unique(methodKey(metadata, call.token as MethodDefToken)), invokeText(call));
  return facts;
}

function invokeText({ kind, convention, setLastError, implMap, stub, marshallingCauses }: ManagedToNative): string {
  const imported = stub?.target.kind === 'import' ? stub.target.function : undefined;
  const target = imported ? importedFunctionText(imported) : implMap ? `${implMap.module}!${implMap.name}` : '';
  return [
    kind,
    ...(target === '' ? [] : [target]),
    String(convention.convention),
    ...(setLastError ? ['SetLastError'] : []),
    ...(marshallingCauses.length > 0 ? ['marshalled'] : []),
  ].join(', ');
}

/** Slots by method: type, stubs, exports; and methods with UnmanagedCallersOnly. */
export function boundaryFacts(version: BoundaryVersion): Facts {
  const facts = new Map<string, string>();
  const { boundary, metadata } = crossings(version) ?? {};
  if (boundary === undefined || metadata === undefined) return facts;
  const unique = uniqueKeys();
  const nameOf = (token: number): string | undefined =>
    isTokenOf(token as Token, 'MethodDef') ? methodKey(metadata, token as MethodDefToken) : undefined;
  for (const { token, method, slot, convention, stubs, exports } of boundary.nativeToManaged) {
    const names = exports.map(({ name, ordinal }) => name ?? `#${ordinal}`).join(' ');
    const text = `slot of type 0x${slot.fixup.type.toString(16)}${convention ? `, ${convention.convention}` : ''}, ${stubs.length} ${stubs.length === 1 ? 'stub' : 'stubs'}${names === '' ? '' : `, exported as ${names}`}`;
    facts.set(unique(nameOf(token) ?? method ?? 'unknown method'), text);
  }
  for (const { token, convention, entryPoint } of boundary.unmanagedCallersOnly)
    facts.set(
      unique(methodKey(metadata, token)),
      `UnmanagedCallersOnly, ${convention.convention}${entryPoint === undefined ? '' : `, ${entryPoint}`}`,
    );
  return facts;
}

/** More slots in other places than this are not listed each: those that kept their order among themselves are left out. */
const MOST_MOVED = 16;

/**
 * Slots of both versions that changed places: native code that calls a slot by its place reaches another method. Slots that one version lacks do not count.
 */
export function* movedSlots(before: BoundaryVersion, after: BoundaryVersion): Generator<Change> {
  const [old, now] = [slotOrder(before), slotOrder(after)];
  const kept = new Set(now);
  const common = old.filter((key) => kept.has(key));
  const was = new Set(common);
  const places = new Map(now.filter((key) => was.has(key)).map((key, index) => [key, index]));
  const moved = common.map((key, index) => ({ key, from: index, to: places.get(key) ?? index })).filter(({ from, to }) => from !== to);
  const listed = moved.length <= MOST_MOVED ? moved : outOfOrder(moved);
  for (const { key, from, to } of listed)
    yield { area: 'boundary', kind: 'changed', member: key, old: `slot ${from} of those in both`, new: `slot ${to} of those in both` };
}

function slotOrder(version: BoundaryVersion): readonly string[] {
  const { boundary, metadata } = crossings(version) ?? {};
  if (boundary === undefined || metadata === undefined) return [];
  const unique = uniqueKeys();
  return boundary.nativeToManaged.flatMap(({ token }) =>
    isTokenOf(token as Token, 'MethodDef') ? unique(methodKey(metadata, token as MethodDefToken)) : [],
  );
}

/** What is not part of a longest list that goes up: the least that has to move. */
function outOfOrder<T extends { readonly to: number }>(items: readonly T[]): readonly T[] {
  const ends: number[] = [];
  const previous: number[] = [];
  for (const [index, { to }] of items.entries()) {
    let [low, high] = [0, ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((items[ends[middle] ?? 0]?.to ?? 0) < to) low = middle + 1;
      else high = middle;
    }
    previous.push(low === 0 ? -1 : (ends[low - 1] ?? -1));
    ends[low] = index;
  }
  const inOrder = new Set<number>();
  for (let at = ends.at(-1) ?? -1; at >= 0; at = previous[at] ?? -1) inOrder.add(at);
  return items.filter((_, index) => !inOrder.has(index));
}
