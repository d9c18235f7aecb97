import { ByteWriter } from '@ijw/binary';
import { type DirectoryName, Machine, SectionCharacteristics } from '@ijw/pe';
import { PEBuilder } from '@ijw/pe/builder';

const START = 0x1000;
const CLI_HEADER_SIZE = 72;
const CODE = SectionCharacteristics.MEM_READ | SectionCharacteristics.MEM_EXECUTE | SectionCharacteristics.CNT_CODE;

/** Places parts one after another, and says where each is before the next is made. */
export class Placement {
  readonly #writer = new ByteWriter();

  /** The RVA of the bytes. */
  add(bytes: Uint8Array): number {
    this.#writer.align(16);
    const rva = START + this.#writer.length;
    this.#writer.bytes(bytes);
    return rva;
  }

  get bytes(): Uint8Array {
    return this.#writer.toBytes();
  }
}

export interface ImageParts {
  readonly machine?: number;
  readonly directories?: Readonly<Partial<Record<DirectoryName, { readonly rva: number; readonly size: number }>>>;
  readonly entryPoint?: number;
  readonly certificates?: Uint8Array;
}

/** An image with one section that holds everything, and is executed: of one that is written too only writing would be granted. */
export function imageOf(
  placement: Placement,
  { machine = Machine.I386, directories = {}, entryPoint, certificates }: ImageParts = {},
): Uint8Array {
  const builder = new PEBuilder({ machine, coff: { characteristics: 0x2022 }, imageBase: 0x1000_0000n });
  builder.addSection('.text', { rva: START, characteristics: CODE }).add(placement.bytes, { rva: START });
  for (const [name, place] of Object.entries(directories)) builder.setDirectory(name as DirectoryName, place);
  if (entryPoint !== undefined) builder.setEntryPoint(entryPoint);
  if (certificates !== undefined) builder.setCertificates(certificates);
  return builder.build();
}

export interface CliParts {
  readonly flags?: number;
  /** RVA and size of each. */
  readonly resources?: readonly [number, number];
  readonly vtableFixups?: readonly [number, number];
  readonly nativeHeader?: readonly [number, number];
}

/** ECMA-335 II.25.3.3: a CLI header, and its directory. */
export function addCliHeader(
  placement: Placement,
  metadata: Uint8Array,
  parts: CliParts = {},
): { readonly rva: number; readonly size: number } {
  const root = placement.add(metadata);
  const header = new ByteWriter().u32(CLI_HEADER_SIZE).u16(2).u16(5).u32(root).u32(metadata.length);
  header.u32(parts.flags ?? 1).u32(0);
  const pair = ([rva, size]: readonly [number, number] = [0, 0]): void => void header.u32(rva).u32(size);
  pair(parts.resources);
  pair();
  pair();
  pair(parts.vtableFixups);
  pair();
  pair(parts.nativeHeader);
  return { rva: placement.add(header.toBytes()), size: CLI_HEADER_SIZE };
}
