/** The page of x86, x64 and arm64 Windows. */
export const PAGE_SIZE = 0x1000;
/** Windows reserves address space in steps of 64 KiB (dwAllocationGranularity). */
export const ALLOCATION_GRANULARITY = 0x10000;
/** User space of 64-bit Windows ends here, which leaves every guest address an exact `number`. */
export const ADDRESS_LIMIT = 2 ** 47;

export const pageFloor = (address: number): number => Math.floor(address / PAGE_SIZE) * PAGE_SIZE;
export const pageCeiling = (address: number): number => Math.ceil(address / PAGE_SIZE) * PAGE_SIZE;
