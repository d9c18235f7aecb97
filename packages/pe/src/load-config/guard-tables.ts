import { hex } from '@ijw/binary';
import type { Rva } from '../address.ts';
import type { PEImage } from '../pe-image.ts';
import { type LoadConfig, readLoadConfig } from './load-config.ts';

/** The tables of addresses that the load configuration points at. */
export type GuardTableName = 'seHandler' | 'guardCFFunction' | 'guardAddressTakenIatEntry' | 'guardLongJumpTarget' | 'guardEHContinuation';

export interface GuardTableEntry {
  readonly rva: Rva;
  /** IMAGE_GUARD_FLAG_*: 1 suppressed, 2 export suppressed, 4 language exception handler, 8 extended (XFG). */
  readonly flags?: number;
}

/** IMAGE_GUARD_CF_FUNCTION_TABLE_SIZE_SHIFT. */
export const GUARD_STRIDE_SHIFT = 28;

/**
 * The entries of a table, `undefined` when the image has none of that name. SEHandlerTable holds bare RVAs; the others as many more bytes behind each
 * RVA as GuardFlags says. Throws `BadImageError` when the table is not in the image.
 */
export function readGuardTable(image: PEImage, name: GuardTableName): readonly GuardTableEntry[] | undefined {
  const config: LoadConfig | undefined = readLoadConfig(image);
  const address = config?.[`${name}Table`];
  const count = Number(config?.[`${name}Count`] ?? 0n);
  if (config === undefined || address === undefined || address === 0n || count === 0) return undefined;
  const extra = name === 'seHandler' ? 0 : (config.guardFlags ?? 0) >>> GUARD_STRIDE_SHIFT;
  const reading = `the ${name} table of the load configuration`;
  const start = image.vaToRva(address);
  if (start === undefined) throw image.readerAt(0, 0, reading).error('BAD_ADDRESS', `${hex(address)} is not an address of this image`);
  const reader = image.readerAt(start, undefined, reading);
  reader.count(count, 4 + extra);
  return Array.from({ length: count }, () => {
    const rva = reader.u32();
    if (extra === 0) return { rva };
    const flags = reader.u8();
    reader.skip(extra - 1);
    return { rva, flags };
  });
}
