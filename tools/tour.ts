/** `npm start`: the tour of the newest x64 image that edge-js ships. Further words go to `ijw tour` (`npm start -- --trace`). */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { IJW } from './peers.ts';

const images = join(dirname(createRequire(import.meta.url).resolve('edge-js/package.json')), 'lib/native/win32/x64');
const versions = readdirSync(images)
  .filter((name) => /^\d/.test(name))
  .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
const file = relative('.', join(images, versions.at(-1) ?? '', 'edge_nativeclr.node'));
const { status } = spawnSync(process.execPath, [IJW, 'tour', file, ...process.argv.slice(2)], { stdio: 'inherit' });
process.exitCode = status ?? 1;
