// The code cache beside a bundle: bound to its source, ignored when it was changed, without a path of the machine that built it.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const cli = join(import.meta.dirname, '..');
const { sealCache, openCache } = createRequire(import.meta.url)('../bin/load-script.js') as {
  sealCache(source: Uint8Array, data: Uint8Array): Buffer;
  openCache(source: Uint8Array, sealed: Uint8Array, engine?: string): Buffer | undefined;
};
const bundle = join(cli, 'dist/bundle');

describe('a sealed cache', () => {
  const source = Buffer.from('source');
  const sealed = sealCache(source, Buffer.from('data'));

  it('opens for its source', () => {
    expect(openCache(source, sealed)?.toString()).toBe('data');
  });

  it('does not open for another source of the same length', () => {
    expect(openCache(Buffer.from('sourcf'), sealed)).toBeUndefined();
  });

  it('does not open for another version of Node, whose V8 would crash in it', () => {
    expect(openCache(source, sealed, `v0.0.0 ${process.platform} ${process.arch}`)).toBeUndefined();
  });

  it('does not open when any byte was changed, or some are missing', () => {
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(sealed.readUInt8(at) ^ 1, at);
      expect(openCache(source, changed)).toBeUndefined();
      expect(openCache(source, sealed.subarray(0, at))).toBeUndefined();
    }
  });
});

describe.skipIf(!existsSync(join(bundle, 'info.cjs.cache')))('the caches of the build (skipped without a build)', () => {
  const copy = mkdtempSync(join(tmpdir(), 'ijw-cache-'));
  afterAll(() => rmSync(copy, { recursive: true }));

  it('are those of the bundles, and name no folder of this machine', () => {
    const names = readdirSync(bundle).filter((name) => name.endsWith('.cjs'));
    expect(names).toContain('main.cjs');
    const cached = names.filter((name) => existsSync(join(bundle, `${name}.cache`)));
    expect(cached.length).toBeGreaterThan(names.length / 2);
    for (const name of cached) {
      const data = openCache(readFileSync(join(bundle, name)), readFileSync(join(bundle, `${name}.cache`)));
      expect(data).toBeDefined();
      expect(data?.includes(join(cli, '..'))).toBe(false);
    }
  });

  it('are ignored when they are damaged', () => {
    cpSync(join(cli, 'bin'), join(copy, 'bin'), { recursive: true });
    cpSync(join(bundle, 'info.cjs'), join(copy, 'dist/bundle/info.cjs'));
    symlinkSync(join(cli, 'node_modules'), join(copy, 'node_modules'));
    writeFileSync(join(copy, 'dist/bundle/info.cjs.cache'), new Uint8Array(100_000).fill(0x41));
    const { status, stdout } = spawnSync(process.execPath, [join(copy, 'bin/ijw.js'), 'info', '--version'], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
