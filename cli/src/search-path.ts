import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '@ijw/binary';
import type { ModuleProvider } from '@ijw/loader';

/** Real DLLs from folders, in their order. Names are compared as Windows does, without case. */
export function searchPath(folders: readonly string[]): ModuleProvider {
  const missing = folders.find((folder) => !existsSync(folder));
  if (missing !== undefined) throw new UsageError(`--search: there is no folder ${missing}`);
  const paths = new Map<string, string>();
  for (const folder of folders) {
    for (const name of readdirSync(folder)) {
      const key = name.toLowerCase();
      if (!paths.has(key)) paths.set(key, join(folder, name));
    }
  }
  return {
    find(name) {
      const path = paths.get(name.toLowerCase()) ?? paths.get(`${name.toLowerCase()}.dll`);
      return path === undefined ? undefined : { kind: 'image', bytes: readFileSync(path), path };
    },
  };
}
