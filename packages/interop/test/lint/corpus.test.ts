// Findings over the corpus against recorded facts (skipped without ../shared).
import { existsSync, readFileSync } from 'node:fs';
import { Assembly } from '@ijw/assembly';
import { lintModule } from '@ijw/interop/lint';
import { PEImage } from '@ijw/pe';
import { describe, expect, it } from 'vitest';

const CORPUS = new URL('../../../../../shared/corpus/', import.meta.url);
const MANIFEST = new URL('manifest.json', CORPUS);

/**
 * What the rules say of real files, each finding reviewed by hand. Left out are NI005, NI007 and NI019, which are as many as there are P/Invokes or `bool` parameters that do not say
 * what those rules ask for. Files that are not here have no other findings.
 */
const reviewed: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'DirectWriteForwarder-10.0.14.dll': { NI006: 1 },
  'NodeApi-0.9.27-net8.dll': { NI017: 6, NI020: 1, NI041: 15 },
  'System.DirectoryServices-8.0.33.dll': { NI006: 1, NI008: 22, NI014: 2, NI051: 111 },
  'System.Drawing.Common-8.0.33.dll': { NI014: 8, NI051: 27 },
  'System.Net.Quic-6.0.13.dll': { NI006: 1 },
  'System.Net.Sockets-10.0.12-linux.dll': { NI006: 1 },
  'System.Private.CoreLib-6.0.13.dll': { NI002: 2, NI006: 1, NI010: 3, NI014: 3, NI021: 1, NI041: 3, NI047: 1, NI062: 5 },
  'System.Runtime.InteropServices-10.0.12-linux.dll': { NI006: 1 },
  'System.Transactions.Local-10.0.14.dll': { NI006: 1 },
  'System.Windows.Primitives-10.0.14.dll': { NI006: 1, NI020: 18 },
  'WinRT.Runtime-net9.dll': { NI014: 1, NI020: 21 },
  'mono-mscorlib-6.8.dll': { NI002: 20, NI003: 5, NI015: 6, NI061: 2, NI062: 2 },
};

interface Manifest {
  readonly files: readonly { readonly file: string }[];
}

describe.skipIf(!existsSync(MANIFEST))('lint of the files of ../shared/corpus', () => {
  const { files } = existsSync(MANIFEST) ? (JSON.parse(readFileSync(MANIFEST, 'utf8')) as Manifest) : { files: [] };
  it.each(files)('$file', ({ file }) => {
    const assembly = Assembly.of(PEImage.parse(readFileSync(new URL(file, CORPUS))));
    if (assembly.metadata === undefined) return;
    const { findings, diagnostics } = lintModule(assembly);
    const counts: Record<string, number> = {};
    for (const { rule } of findings) counts[rule] = (counts[rule] ?? 0) + 1;
    for (const rule of ['NI005', 'NI007', 'NI019']) delete counts[rule];
    expect(diagnostics).toEqual([]);
    expect(counts).toEqual(reviewed[file] ?? {});
  });
});
