// What the images of a folder import: each module, how many of its symbols, and by how many images.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Assembly } from '@ijw/assembly';
import { BadImageError } from '@ijw/binary';
import { readImportDirectory } from '@ijw/pe/imports';

const [folder = '.'] = process.argv.slice(2);
const modules = new Map<string, { images: number; symbols: Set<string> }>();
for (const file of readdirSync(folder).filter((name) => /\.(?:dll|exe|node)$/i.test(name))) {
  try {
    const assembly = await Assembly.open(readFileSync(join(folder, file)));
    for (const { name, symbols } of readImportDirectory(assembly.requireImage())?.modules ?? []) {
      const found = modules.get(name.toLowerCase()) ?? { images: 0, symbols: new Set() };
      for (const symbol of symbols) found.symbols.add(symbol.name ?? `#${symbol.ordinal}`);
      modules.set(name.toLowerCase(), { images: found.images + 1, symbols: found.symbols });
    }
  } catch (error) {
    if (!(error instanceof BadImageError)) throw error;
    console.log(`${file}: ${error.code}, ${error.message}`);
  }
}
for (const [name, { images, symbols }] of [...modules].sort(([a, x], [b, y]) => y.symbols.size - x.symbols.size || (a < b ? -1 : 1)))
  console.log(`${name}: ${symbols.size} symbols, ${images} images`);
