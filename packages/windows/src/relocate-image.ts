import { hex } from '@ijw/binary';
import { faultText } from '@ijw/machine';
import type { PEImage } from '@ijw/pe';
import { readBaseRelocations } from '@ijw/pe/relocations';
import type { LoadRun } from './load-run.ts';
import type { Mapping } from './map-image.ts';
import { RELOCATION_KINDS } from './relocation-types.ts';
import { windowsRefusal } from './windows-error.ts';

/** PE/COFF "The .reloc Section": adds the distance between actual and preferred base to every place that the blocks name. */
export function relocateImage({ process, trace }: LoadRun, image: PEImage, module: string, mapping: Mapping): void {
  if (mapping.delta === 0n) return;
  let count = 0;
  for (const block of readBaseRelocations(image) ?? []) {
    for (const { rva, type, adjustment = 0 } of block.entries) {
      const kind = RELOCATION_KINDS.get(type);
      if (!kind) throw refusal(rva, `Relocation type ${type} at ${hex(rva)} is not defined for this machine`);
      const fault = kind.apply({ memory: process.memory, address: mapping.base + rva, delta: mapping.delta, adjustment });
      if (fault) throw refusal(rva, `A relocation goes to ${hex(rva)}, outside the image: ${faultText(fault)}`);
      if (type !== 0) count++;
    }
  }
  trace.add({
    step: 'relocate',
    module,
    delta: `${mapping.delta < 0n ? '-' : ''}${hex(mapping.delta < 0n ? -mapping.delta : mapping.delta)}`,
    count,
  });
}

const refusal = (rva: number, reason: string): Error =>
  windowsRefusal('BAD_EXE_FORMAT', 'badRelocation', reason, { structure: 'base relocations', rva });
