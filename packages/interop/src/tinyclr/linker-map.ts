import { BadImageError } from '@ijw/binary';

/** A symbol's line in the memory map of GNU ld: an address and a name, and nothing else. */
const SYMBOL = /^\s+0x([0-9a-fA-F]{1,16})\s+([A-Za-z_]\w*)\s*$/;

/** The addresses of `Interop_<Assembly>` objects in a GNU linker map file. @throws BadImageError where the text is no map */
export function interopDefinitions(map: string, reading = 'a linker map'): ReadonlyMap<string, number> {
  if (!map.includes('Linker script and memory map') && !map.includes('Memory Configuration')) {
    throw new BadImageError({ code: 'NOT_A_LINKER_MAP', offset: 0, reading, message: 'It has no "Linker script and memory map"' });
  }
  const definitions = new Map<string, number>();
  for (const line of map.split('\n')) {
    const [, address, name] = SYMBOL.exec(line) ?? [];
    if (address !== undefined && name?.startsWith('Interop_')) definitions.set(name, Number.parseInt(address, 16));
  }
  return definitions;
}
