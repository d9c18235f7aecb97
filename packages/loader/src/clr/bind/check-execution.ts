import { ifReadable } from '@ijw/binary';
import { AssemblyFlags, makeToken, TableId } from '@ijw/metadata';
import { findCustomAttribute } from '@ijw/metadata/attributes';
import { clrRefusal, clrRefusals } from '../../load/clr-error.ts';
import type { AssemblyImage } from '../image/assembly-image.ts';

const REFERENCE_ASSEMBLY = 'System.Runtime.CompilerServices.ReferenceAssemblyAttribute';

/** afPA_NoPlatform of corhdr.h. */
const NO_PLATFORM = 0x70;

/** `PEAssembly::ValidateForExecution` (vm/peassembly.cpp): code of a reference assembly, or of one for no platform, does not run. @throws LoadRefusal */
export function checkExecution({ metadata, displayName }: Pick<AssemblyImage, 'metadata' | 'displayName'>): void {
  const place = { structure: 'Assembly' };
  if (ifReadable(() => findCustomAttribute(metadata, makeToken(TableId.Assembly, 1), REFERENCE_ASSEMBLY)) !== undefined) {
    const reason = 'A reference assembly has no code: it is for compilers';
    throw clrRefusal({ rule: 'referenceAssembly', reason, exception: clrRefusals.referenceAssembly(displayName), place });
  }
  if ((metadata.tables.Assembly.get(1, 'Flags') & AssemblyFlags.ProcessorArchitectureMask) !== NO_PLATFORM) return;
  const exception = clrRefusals.invalidToken(`${displayName}, processorArchitecture=MSIL`);
  throw clrRefusal({ rule: 'noPlatform', reason: 'The assembly is for no platform', exception, place: { ...place, field: 'Flags' } });
}
