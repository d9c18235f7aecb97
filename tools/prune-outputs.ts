// Removes from the dist folders of packages what the compiler wrote from sources that have moved since: tsc leaves it, and npm would pack it.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

for (const name of readdirSync('packages')) {
  const outputs = join('packages', name, 'dist');
  if (!existsSync(outputs)) continue;
  for (const path of readdirSync(outputs, { recursive: true, encoding: 'utf8' })) {
    const [, module] = /^(.+?)(\.d\.ts|\.js)(\.map)?$/.exec(path) ?? [];
    if (module !== undefined && !existsSync(join('packages', name, 'src', `${module}.ts`))) rmSync(join(outputs, path));
  }
}
