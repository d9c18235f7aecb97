import type { SourceTable } from './source-table.ts';

/** A methods table as an assembly needs it. */
export interface ExpectedTable extends SourceTable {
  /** The simple name of the method of each slot, native or not. */
  readonly methods: readonly string[];
  /** The checksum that the table would have without one of its slots. */
  checksumWithout(slot: number): number;
}

/** The reasons why slots of a table differ from those that an assembly needs. */
export interface SlotChanges {
  /** By the slot in the table that was found. */
  readonly bySlot: ReadonlyMap<number, string>;
  /** All changes, for the checksum. */
  readonly causes: readonly string[];
}

/** Larger tables are not compared method by method. */
const MAXIMUM_SLOTS = 20_000;

const quoted = (name: string): string => `\`${name}\``;
/** `Read` of `Interop_A_B::Read___I4`. */
const simpleName = (symbol: string): string => symbol.replace(/^.*::/, '').replace(/___.*$/, '');
const were = (names: readonly string[], what: string): string => `${names.join(', ')} ${names.length === 1 ? 'was' : 'were'} ${what}`;

/** Explains a table by the methods that were added to the assembly, removed from it or changed since the table was made. `openEnded`: where the table ends is not known. */
export function explainSlots(expected: ExpectedTable, found: SourceTable, openEnded = false): SlotChanges {
  const bySlot = new Map<number, string>();
  const causes: string[] = [];
  if (Math.max(expected.slots.length, found.slots.length) > MAXIMUM_SLOTS) return { bySlot, causes };
  let [from, at] = [0, 0];
  for (const [wanted, is] of [...anchors(expected.slots, found.slots), [expected.slots.length, found.slots.length] as const]) {
    const isEnd = openEnded && is === found.slots.length;
    for (const cause of gapCauses(expected, found, { wanted: [from, wanted], is: [at, is], isEnd })) causes.push(cause);
    if (wanted !== is && is < found.slots.length && causes.length > 0) bySlot.set(is, `slot ${is} moved because ${causes.join(' and ')}`);
    [from, at] = [wanted + 1, is + 1];
  }
  return { bySlot, causes };
}

type Range = readonly [from: number, to: number];

/** Slots between two natives that both tables have, in each of them. */
interface Gap {
  readonly wanted: Range;
  readonly is: Range;
  /** The end of a table of unknown length: methods without native code are not counted there. */
  readonly isEnd: boolean;
}

/** The changes in a gap. */
function gapCauses(expected: ExpectedTable, found: SourceTable, { wanted, is, isEnd }: Gap): readonly string[] {
  const indices = Array.from({ length: Math.max(0, wanted[1] - wanted[0]) }, (_, index) => wanted[0] + index);
  const natives = indices.flatMap((index) => expected.slots[index] ?? []).map(simpleName);
  const others = indices.filter((index) => expected.slots[index] === undefined).map((index) => expected.methods[index] ?? '');
  const there = found.slots.slice(...is);
  const old = there.flatMap((slot) => slot ?? []).map(simpleName);
  const changed = natives.filter((name) => old.includes(name));
  const difference = isEnd ? 0 : others.length - (there.length - old.length);
  return [
    ...added([...natives.filter((name) => !changed.includes(name)), ...(difference > 0 ? candidates(others, difference) : [])]),
    ...gone(old.filter((name) => !changed.includes(name))),
    ...(difference < 0
      ? [`${-difference === 1 ? 'a method' : `${-difference} methods`} without native code ${-difference === 1 ? 'was' : 'were'} removed`]
      : []),
    ...(changed.length > 0
      ? [`${changed.map(quoted).join(', ')} changed ${changed.length === 1 ? 'its signature' : 'their signatures'}`]
      : []),
  ];
}

/** Alternatives are quoted already. */
const asQuoted = (name: string): string => (name.includes('`') ? name : quoted(name));

const added = (names: readonly string[]): readonly string[] => (names.length === 0 ? [] : [were(names.map(asQuoted), 'added')]);
const gone = (names: readonly string[]): readonly string[] => (names.length === 0 ? [] : [were(names.map(quoted), 'removed')]);

/** Which of the methods without native code are new cannot be told where some of them were there before; a constructor is the last to be suspected. */
function candidates(names: readonly string[], count: number): readonly string[] {
  const ordinary = names.filter((name) => !name.startsWith('.'));
  const likely = ordinary.length >= count ? ordinary : names;
  if (likely.length === count) return likely;
  const all = likely.map(quoted).join(' or ');
  return [count === 1 ? all : `${count} of ${all}`];
}

/** Natives that both tables have, in the order of both: a longest common subsequence, by patience where names are unique as they are here. */
function anchors(expected: SourceTable['slots'], found: SourceTable['slots']): readonly Range[] {
  const positions = new Map(found.flatMap((slot, index) => (slot === undefined ? [] : [[slot, index] as const])));
  const pairs = expected.flatMap((slot, index): Range[] => {
    const position = slot === undefined ? undefined : positions.get(slot);
    return position === undefined ? [] : [[index, position]];
  });
  return longestRising(pairs);
}

/** The longest run of pairs whose second parts rise. */
function longestRising(pairs: readonly Range[]): readonly Range[] {
  const tails: number[] = [];
  const before = new Array<number>(pairs.length).fill(-1);
  pairs.forEach(([, position], index) => {
    let [low, high] = [0, tails.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[tails[middle] ?? 0]![1] < position) low = middle + 1;
      else high = middle;
    }
    if (low > 0) before[index] = tails[low - 1] ?? -1;
    tails[low] = index;
  });
  const run: Range[] = [];
  for (let index = tails.at(-1) ?? -1; index >= 0; index = before[index] ?? -1) run.push(pairs[index]!);
  return run.reverse();
}

/** The slots whose removal gives a checksum: the method that was added, where one was. */
export const addedBySlot = (expected: ExpectedTable, checksum: number): readonly number[] =>
  expected.slots.length > MAXIMUM_SLOTS_OF_SEARCH
    ? []
    : [...expected.slots.keys()].filter((slot) => expected.checksumWithout(slot) === checksum);

/** Which method was added, where the checksum of the table without it tells. */
export function addedMethod(expected: ExpectedTable, checksum: number): string | undefined {
  const names = addedBySlot(expected, checksum).map((slot) => expected.methods[slot] ?? '');
  return names.length === 0 ? undefined : were(candidates([...new Set(names)], 1).map(asQuoted), 'added');
}

/** Each try takes the whole table's checksum. */
const MAXIMUM_SLOTS_OF_SEARCH = 2000;
