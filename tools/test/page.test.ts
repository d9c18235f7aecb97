// Covers: the command line in a real page whose policy forbids code from strings; it prints there what it prints in a terminal (skipped without Chromium).
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServedPage, servePage } from '../page/serve-page.ts';

const CHROMIUM = '/usr/bin/chromium';
const OPTIONS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const root = join(import.meta.dirname, '../..');
const IMAGE = 'edge_nativeclr.node';
const folder = join(root, 'node_modules/edge-js/lib/native/win32/x64/24');

if (!existsSync(CHROMIUM)) console.warn(`Skipped: the command line in a page. ${CHROMIUM} not found (Debian: apt install chromium).`);

describe.skipIf(!existsSync(CHROMIUM))('a page with a content security policy', () => {
  let browser: Browser;
  let served: ServedPage;

  beforeAll(async () => {
    served = await servePage(new Map([[IMAGE, readFileSync(join(folder, IMAGE))]]));
    browser = await chromium.launch({ executablePath: CHROMIUM, args: OPTIONS });
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    served?.server.close();
  });

  it.each(['info', 'boundary', 'load', 'dis'])(
    'ijw %s prints what it prints in a terminal',
    async (command) => {
      const page = await browser.newPage();
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      const result = served.nextResult();
      await page.goto(served.address(IMAGE, [command, IMAGE]));
      const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'cli/bin/ijw.js'), command, IMAGE], {
        cwd: folder,
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      });
      expect(await result).toEqual({ exitCode: status, output: stdout, errors: stderr, codeFromString: 'EvalError' });
      expect(stdout.length).toBeGreaterThan(500);
      expect(problems).toEqual([]);
      await page.close();
    },
    120_000,
  );
});
