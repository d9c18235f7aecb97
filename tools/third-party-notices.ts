import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const INSTALLED = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)(?=\/)/;

/** The folder of the package that a file belongs to; `undefined` for our own. */
const packageFolder = (path: string): string | undefined => INSTALLED.exec(path)?.[0];

function licenceOf(folder: string): string {
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  if (file === undefined) throw new Error(`${folder} has no licence`);
  return readFileSync(join(folder, file), 'utf8').trim();
}

/** The licences of the packages that the files of a bundle come from, by name. */
export function thirdPartyNotices(inputs: readonly string[]): string {
  const folders = new Set(inputs.flatMap((path) => packageFolder(path) ?? []));
  const notices = Array.from(folders, (folder) => {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return `${name} ${version}\n\n${licenceOf(folder)}\n`;
  });
  return `@ijw/cli contains code of these packages.\n\n${notices.sort().join(`\n${'-'.repeat(80)}\n\n`)}`;
}
