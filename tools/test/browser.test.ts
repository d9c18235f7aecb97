// The library packages run where Node is absent.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createContext, runInContext } from 'node:vm';
import { Diagnostics } from '@ijw/binary';
import { disassemble } from '@ijw/il';
import { Loader } from '@ijw/loader';
import { Metadata } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import { Boundary } from '@ijw/vtfixup';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const image = join(root, 'node_modules/edge-js/lib/native/win32/x64/24/edge_nativeclr.node');

/** What a page does with an image: `floors` are the packages, by name. */
function readImage(floors: Floors, bytes: Uint8Array): Readonly<Record<string, unknown>> {
  const parsed = floors.PEImage.parse(bytes);
  const metadata = floors.Metadata.of(parsed);
  let length = 0;
  floors.disassemble(parsed, metadata!, (chunk) => (length += chunk.length), new floors.Diagnostics());
  const outcome = new floors.Loader({ host: 'framework' }).load(bytes, { path: 'edge.node' });
  return {
    length,
    crossings: floors.Boundary.of(parsed, metadata).crossings.length,
    outcome: outcome.outcome,
    slots: outcome.outcome === 'loaded' ? outcome.module.slots.map((slot) => slot.rva).join(' ') : '',
  };
}

interface Floors {
  readonly PEImage: typeof PEImage;
  readonly Metadata: typeof Metadata;
  readonly Diagnostics: typeof Diagnostics;
  readonly disassemble: typeof disassemble;
  readonly Boundary: typeof Boundary;
  readonly Loader: typeof Loader;
}

/** All packages in one script, as a bundler makes it for a page that asks for nothing special. */
async function bundleForPage(): Promise<string> {
  const contents = readdirSync(join(root, 'packages'))
    .map((name) => `export * from '@ijw/${name}';`)
    .join('\n');
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    globalName: 'ijw',
    conditions: ['@ijw/source'],
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

describe('a page', () => {
  it('has every package, and nothing of Node', async () => {
    const bytes = readFileSync(image);
    // The globals of a page that are not part of the language.
    const page = createContext({ TextDecoder, TextEncoder, WebAssembly, Intl, console });
    runInContext(await bundleForPage(), page);
    const inPage = readImage((page as unknown as { ijw: Floors }).ijw, new Uint8Array(bytes));
    expect(inPage).toEqual(readImage({ PEImage, Metadata, Diagnostics, disassemble, Boundary, Loader }, new Uint8Array(bytes)));
    expect(inPage).toMatchObject({ outcome: 'loaded' });
  });
});
