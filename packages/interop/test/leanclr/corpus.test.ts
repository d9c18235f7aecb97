// LeanCLR signatures of every method of the corpus (skipped without ../shared).
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Assembly } from '@ijw/assembly';
import { LeanClrMethodIndex, parseLeanClrSignature } from '@ijw/interop/leanclr';
import { tokenRid } from '@ijw/metadata';
import { PEImage, readCliHeader } from '@ijw/pe';
import { describe, expect, it } from 'vitest';

const corpus = join(import.meta.dirname, '../../../../../shared/corpus');
const files = existsSync(corpus) ? readdirSync(corpus).filter((name) => /\.(dll|node)$/.test(name)) : [];
const managed = files.filter((name) => readCliHeader(PEImage.parse(readFileSync(join(corpus, name)))) !== undefined);

describe.skipIf(managed.length === 0)('LeanCLR signatures of the corpus (skipped without ../shared)', () => {
  it.each(managed)('%s: the signature of every P/Invoke parses back to the same method', (name) => {
    const assembly = Assembly.of(PEImage.parse(readFileSync(join(corpus, name))));
    const metadata = assembly.requireMetadata();
    const index = new LeanClrMethodIndex(assembly);
    const pinvokes = index.methods.filter(({ token }) => metadata.tables.MethodDef.get(tokenRid(token), 'Flags') & 0x2000);
    const found = pinvokes.map(({ text }) => index.find(parseLeanClrSignature(text)).map((entry) => entry.token));
    const wrong = pinvokes.filter(({ token }, position) => !found[position]!.includes(token));
    expect(wrong).toEqual([]);
  });
});
