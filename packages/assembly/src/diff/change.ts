/** What of a file a change is about. */
export const changeAreas = ['api', 'pinvoke', 'boundary', 'il', 'header', 'resource'] as const;
export type ChangeArea = (typeof changeAreas)[number];

/** A difference between two versions of a file. */
export interface Change {
  readonly area: ChangeArea;
  readonly kind: 'added' | 'removed' | 'changed';
  /** The change breaks code that was compiled against the old version, by the rules of Microsoft's ApiCompat. */
  readonly breaking?: true;
  /** `Namespace.Type::Name(parameters)`, or what is compared: `version`, a resource. */
  readonly member: string;
  readonly old?: string;
  readonly new?: string;
}

/** What is the same thing in two versions, in words that are compared. */
export type Facts = ReadonlyMap<string, string>;

/** The changes between two lists of facts, removed ones first in the order of the old list. */
export function* factChanges(area: ChangeArea, before: Facts, after: Facts): Generator<Change> {
  for (const [member, old] of before) {
    const now = after.get(member);
    if (now === undefined) yield { area, kind: 'removed', member, old };
    else if (now !== old) yield { area, kind: 'changed', member, old, new: now };
  }
  for (const [member, now] of after) if (!before.has(member)) yield { area, kind: 'added', member, new: now };
}
