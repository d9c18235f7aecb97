import type { Change } from './change.ts';
import type { ApiMember, ApiType, PublicApi } from './public-api.ts';

/**
 * What differs in the public API. Breaking is what ApiCompat reports without `--strict-mode` (dotnet/sdk `src/Compatibility/ApiCompat/.../Rules`): a type or
 * member that is gone, an abstract or interface member that is new, a base type or interface that is gone, a type that is sealed, another value of a
 * constant or type of an enumeration, less access, a virtual method that is no longer virtual, other constraints.
 */
export function* apiChanges(before: PublicApi, after: PublicApi): Generator<Change> {
  for (const [name, old] of before.types) {
    const now = after.types.get(name);
    if (now !== undefined) yield* typeChanges(name, old, now, after);
    else if (after.forwarded.has(name)) yield { area: 'api', kind: 'changed', member: name, old: 'defined', new: 'forwarded' };
    else if (!isWithinMissing(name, before, after)) yield { area: 'api', kind: 'removed', breaking: true, member: name };
  }
  for (const name of after.types.keys())
    if (!before.types.has(name) && !isWithinMissing(name, after, before)) yield { area: 'api', kind: 'added', member: name };
}

/** A nested type of a type that the other version lacks, too: the outer one says it all. */
function isWithinMissing(name: string, own: PublicApi, other: PublicApi): boolean {
  const slash = name.lastIndexOf('/');
  if (slash < 0) return false;
  const outer = name.slice(0, slash);
  return (own.types.has(outer) && !other.types.has(outer)) || isWithinMissing(outer, own, other);
}

function* typeChanges(member: string, old: ApiType, now: ApiType, api: PublicApi): Generator<Change> {
  const changed = (before: string, after: string, breaking: boolean): Change => ({
    area: 'api',
    kind: 'changed',
    ...(breaking && { breaking: true as const }),
    member,
    old: before,
    new: after,
  });
  if (old.kind !== now.kind) yield changed(old.kind, now.kind, true);
  else if (!old.isSealed && now.isSealed) yield changed('open for derived types', 'sealed', true);
  else if (old.isSealed && !now.isSealed) yield changed('sealed', 'open for derived types', false);
  if (old.access !== now.access) yield changed(old.access, now.access, old.access === 'public');
  const base = old.bases[0];
  if (base !== now.bases[0])
    yield changed(`base ${base ?? 'none'}`, `base ${now.bases[0] ?? 'none'}`, base !== undefined && !now.bases.includes(base));
  for (const name of old.declaredInterfaces)
    if (!now.interfaces.has(name)) yield changed(`implements ${name}`, `does not implement ${name}`, true);
  for (const name of now.declaredInterfaces)
    if (!old.interfaces.has(name)) yield changed(`does not implement ${name}`, `implements ${name}`, false);
  if (old.underlying !== now.underlying) yield changed(`underlying type ${old.underlying}`, `underlying type ${now.underlying}`, true);
  yield* constraintChanges(member, old.constraints, now.constraints, false);
  yield* memberChanges(old, now, api);
}

function* memberChanges(old: ApiType, now: ApiType, api: PublicApi): Generator<Change> {
  for (const [member, before] of old.members) {
    const after = now.members.get(member);
    if (after !== undefined) yield* memberFacts(member, old, before, after);
    else yield { area: 'api', kind: 'removed', ...(!isInherited(before, now, api) && { breaking: true as const }), member };
  }
  for (const [member, after] of now.members)
    if (!old.members.has(member))
      yield { area: 'api', kind: 'added', ...(isDemanded(after, old, now) && { breaking: true as const }), member };
}

/** A member that a base type has in its place; an override whose base type is in another assembly. Constructors are not inherited. */
function isInherited(member: ApiMember, type: ApiType, api: PublicApi): boolean {
  if (member.slot.startsWith('.ctor(')) return false;
  for (const base of type.bases) {
    const own = api.types.get(base) ?? api.types.get(base.replace(/<.*$/s, ''));
    if (own === undefined) return member.isOverride;
    for (const inherited of own.members.values()) if (inherited.slot === member.slot) return true;
  }
  return member.isOverride && type.bases.length > 0;
}

/** Types outside have to implement it: an abstract member of a type that they can derive from, a member of an interface without a body. */
const isDemanded = (member: ApiMember, old: ApiType, now: ApiType): boolean =>
  member.isAbstract && (now.kind === 'interface' || (!now.isSealed && !old.isSealed));

function* memberFacts(member: string, type: ApiType, old: ApiMember, now: ApiMember): Generator<Change> {
  const changed = (before: string, after: string, breaking: boolean): Change => ({
    area: 'api',
    kind: 'changed',
    ...(breaking && { breaking: true as const }),
    member,
    old: before,
    new: after,
  });
  if (old.access !== now.access) yield changed(old.access, now.access, old.access === 'public');
  // An override that is sealed keeps its slot.
  const isLost = old.isVirtual && !(old.isOverride && now.isOverride);
  if (old.isVirtual !== now.isVirtual)
    yield changed(old.isVirtual ? 'virtual' : 'not virtual', now.isVirtual ? 'virtual' : 'not virtual', isLost && !type.isSealed);
  if (!old.isAbstract && now.isAbstract) yield changed('has a body', 'abstract', true);
  if (old.constant !== undefined && now.constant !== undefined && old.constant !== now.constant)
    yield changed(old.constant, now.constant, type.kind === 'enum');
  yield* constraintChanges(member, old.constraints, now.constraints, old.isVirtual);
}

/** A constraint that is new refuses arguments that were taken; one that is gone breaks those who override the method. */
function* constraintChanges(member: string, old: readonly string[], now: readonly string[], isOverridable: boolean): Generator<Change> {
  const gone = old.filter((constraint) => !now.includes(constraint));
  const added = now.filter((constraint) => !old.includes(constraint));
  if (gone.length + added.length === 0) return;
  const text = (constraints: readonly string[]): string => (constraints.length === 0 ? 'no constraints' : constraints.join(', '));
  const breaks = added.length > 0 || isOverridable;
  yield { area: 'api', kind: 'changed', ...(breaks && { breaking: true as const }), member, old: text(old), new: text(now) };
}
