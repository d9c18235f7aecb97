import { hex } from '@ijw/binary';

/** A range of a device's addresses. */
export interface MemoryRegion {
  readonly name: string;
  readonly origin: number;
  /** `undefined` where the file does not limit it. */
  readonly length: number | undefined;
}

export const endOf = ({ origin, length }: MemoryRegion): number => origin + (length ?? 0);

/** Whether an address lies in a region; one without a limit has all from its origin on. */
export const contains = (region: MemoryRegion, address: number): boolean =>
  address >= region.origin && (region.length === undefined || address < endOf(region));

export const regionText = ({ origin, length }: MemoryRegion): string =>
  length === undefined ? `from ${hex(origin)}` : `${hex(origin)} to ${hex(origin + length)}`;

/** Whether two ranges have addresses in common. Two names for one and the same range are an alias, as for a load and a run address. */
export const overlap = (one: MemoryRegion, other: MemoryRegion): boolean =>
  one.origin < endOf(other) && other.origin < endOf(one) && !(one.origin === other.origin && one.length === other.length);
