import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { PageResult } from './page.ts';

/** A page with this policy runs WebAssembly, and no code from strings. */
const POLICY = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'";

const nodeInPage = fileURLToPath(new URL('./node-in-page.ts', import.meta.url));

/** Modules of Node that are only named: what commander would do with them, the command line never asks for. */
const unused: Plugin = {
  name: 'unused-modules-of-node',
  setup(build) {
    build.onResolve({ filter: /^node:(fs|process|child_process|v8)$/ }, ({ path }) => ({ path, namespace: 'unused' }));
    build.onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};' }));
  },
};

/** The command line as one script for a page. */
async function bundlePage(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./page.ts', import.meta.url))],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    conditions: ['@ijw/source'],
    alias: Object.fromEntries(['path', 'events', 'crypto', 'zlib'].map((name) => [`node:${name}`, nodeInPage])),
    // The logger: none of the commands here asks for it.
    external: ['pino'],
    plugins: [unused],
    logLevel: 'silent',
  });
  return outputFiles[0]!.text;
}

export interface ServedPage {
  readonly server: Server;
  /** The page that runs a command line on an image. */
  address(image: string, args: readonly string[]): string;
  /** What the next page posts. */
  nextResult(): Promise<PageResult>;
}

/** Serves the page and the images, by name, on a free port of 127.0.0.1. */
export async function servePage(images: ReadonlyMap<string, Uint8Array>): Promise<ServedPage> {
  const script = await bundlePage();
  let posted: (result: PageResult) => void = () => {};
  const send = (response: ServerResponse, type: string, body: string | Uint8Array): void => {
    response.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': POLICY }).end(body);
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://127.0.0.1');
    const image = images.get(pathname.slice(1));
    if (pathname === '/page.js') send(response, 'text/javascript', script);
    else if (pathname === '/')
      send(response, 'text/html', '<!doctype html><title>ijw</title><script type="module" src="/page.js"></script>');
    else if (image !== undefined) send(response, 'application/octet-stream', image);
    else if (pathname === '/result') {
      const chunks: Uint8Array[] = [];
      request.on('data', (chunk: Uint8Array) => chunks.push(chunk));
      request.on('end', () => {
        response.end();
        posted(JSON.parse(Buffer.concat(chunks).toString()));
      });
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    server,
    address: (image, args) => `http://127.0.0.1:${port}/?${new URLSearchParams([['image', image], ...args.map((arg) => ['arg', arg])])}`,
    nextResult: () => new Promise((resolve) => (posted = resolve)),
  };
}
