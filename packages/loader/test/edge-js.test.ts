// Loads of compiler-made mixed-mode images on both hosts (skipped without edge-js).
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Loader, type LoadOutcome } from '@ijw/loader';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../../../node_modules/edge-js/lib/native/win32');
const read = (file: string): Uint8Array => readFileSync(join(root, file, 'edge_nativeclr.node'));

/** Measured on edge-js 26.1.0. */
const FILES = [
  { file: 'x64/24', architecture: 'x64', slots: 56, reverse: 28, managed: 28, rva: 100, named: 2 },
  { file: 'ia32/22', architecture: 'x86', slots: 28, reverse: 28, managed: 0, rva: 99, named: 2 },
  { file: 'arm64/24', architecture: 'arm64', slots: 28, reverse: 28, managed: 0, rva: 100, named: 2 },
] as const;

function loaded(outcome: LoadOutcome) {
  if (outcome.outcome !== 'loaded') throw new Error(outcome.reason);
  return outcome.module;
}

describe.skipIf(!existsSync(root))('edge-js, compiled by Microsoft', () => {
  for (const host of ['core', 'framework'] as const) {
    describe.each(FILES)(`$file on the ${host} host`, ({ file, architecture, slots, reverse, managed, rva, named }) => {
      const outcome = new Loader({ host }).load(read(file), { path: 'edge_nativeclr.node' });
      const module = loaded(outcome);

      it('fills every slot with a thunk of its own', () => {
        expect(outcome.architecture).toBe(architecture);
        expect(module.slots).toHaveLength(slots);
        const count = (kind: string): number => module.slots.filter((slot) => slot.content.kind === kind).length;
        expect([count('reverse'), count('managed'), count('raw')]).toEqual([reverse, managed, 0]);
        expect(new Set(module.slots.map((slot) => slot.after)).size).toBe(slots);
        for (const slot of module.slots) expect(slot.method).not.toBe('');
      });

      it('binds every P/Invoke: by RVA to the image, by name to the export', () => {
        const early = module.pinvokes.filter((pinvoke) => pinvoke.kind === 'rva');
        expect(early).toHaveLength(rva);
        expect(module.pinvokes.filter((pinvoke) => pinvoke.kind === 'named')).toHaveLength(named);
        for (const pinvoke of early) expect(pinvoke.address).toBe(module.base + pinvoke.rva!);
      });

      it('gives every import an address of its own that names it', () => {
        expect(module.imports.length).toBeGreaterThan(100);
        const names = new Map<number, string>();
        for (const { module: from, name, address } of module.imports) {
          const text = `${from.toLowerCase()}!${name}`;
          expect(names.get(address) ?? text).toBe(text);
          names.set(address, text);
        }
        expect(names.size).toBe(new Set(module.imports.map((entry) => `${entry.module}!${entry.name}`)).size);
      });
    });
  }

  it('the hosts differ in when the slots are fixed and when the module constructor runs', () => {
    const steps = (host: 'core' | 'framework'): string[] =>
      new Loader({ host })
        .load(read('x64/24'))
        .events.map((event) => event.step)
        .filter((step) => ['deliverEvents', 'collectTokens', 'activate', 'moduleConstructor', 'loaded'].includes(step));
    expect(steps('core')).toEqual(['deliverEvents', 'collectTokens', 'loaded']);
    expect(steps('framework')).toEqual(['collectTokens', 'deliverEvents', 'loaded', 'activate', 'moduleConstructor']);
  });
});
