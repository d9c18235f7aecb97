import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Metadata } from '@ijw/metadata';
import { PEImage } from '@ijw/pe';
import { Boundary } from '@ijw/vtfixup';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

export const corpusDirectory = path('../../../../shared/corpus/');
export const oracleDirectory = path('../../../../shared/oracles/clr/images/');

/** The compiler-built files that are always there. */
export const edgeFile = (name: string): string => path(`../../../node_modules/edge-js/lib/native/win32/${name}/edge_nativeclr.node`);

export function openBoundary(file: string): Boundary {
  const image = PEImage.parse(readFileSync(file));
  return Boundary.of(image, Metadata.of(image));
}

/** What was measured of one file by a reader of its own: the parts of `manifest.json` that speak of the boundary. RVAs are hexadecimal strings. */
export interface ManifestFile {
  readonly file: string;
  readonly category: string;
  readonly machine: string;
  readonly peEntryDecode: EntryFacts | null;
  readonly cliEntryDecode?: EntryFacts | null;
  readonly cli: { readonly corFlags: string; readonly entryPoint: string } | null;
  readonly imports: Readonly<Record<string, readonly string[]>>;
  readonly delayImports: Readonly<Record<string, readonly string[]>>;
  readonly methods?: Readonly<Record<string, number>>;
  readonly vtfixups?: FixupFacts;
  readonly exports?: readonly ExportFacts[];
  readonly exportsViaSlot?: number;
  readonly rvaPInvoke?: PInvokeFacts;
  readonly importsNotReachedByRvaPInvoke?: Readonly<Record<string, readonly string[]>>;
  readonly implMap?: {
    readonly rows: number;
    readonly flags: Readonly<Record<string, number>>;
    readonly modules: Readonly<Record<string, number>>;
  };
  readonly moduleCctor?: readonly string[];
  readonly fieldRva?: { readonly rows: number; readonly sections: Readonly<Record<string, number>> };
  readonly interop?: {
    readonly unmanagedCallersOnly: number;
    readonly unmanagedCallersOnlyConvs: Readonly<Record<string, number>>;
    readonly unmanagedCallersOnlySample: readonly string[];
  };
}

interface EntryFacts {
  readonly kind: string;
  readonly hops: readonly string[];
  readonly target: string;
}

interface FixupFacts {
  readonly records: number;
  readonly slots: number;
  readonly tokensDistinct: number;
  readonly tokensAlsoRvaPInvoke: number;
  readonly upper32NonZero: number;
  readonly slotsWithJmpStub?: number;
  readonly slotsWithCallMem?: number;
  readonly histogram: Readonly<Record<string, number>>;
  readonly slotConvs?: Readonly<Record<string, number>>;
  readonly 'nativeRefsToStubs(scan)'?: Readonly<Record<string, number>>;
  readonly relocRefs?: Readonly<Record<string, number>>;
  readonly list?: readonly {
    readonly rva: string;
    readonly count: number;
    readonly type: string;
    readonly tokens: readonly string[];
    readonly methods: readonly string[];
    readonly convs: readonly string[];
    readonly stubs: readonly (readonly string[])[];
  }[];
}

interface ExportFacts {
  readonly ordinal: number;
  readonly name?: string;
  readonly rva: string;
  readonly kind: string;
  readonly hops: readonly string[];
  readonly import?: string;
  readonly section?: string;
}

interface PInvokeFacts {
  readonly count: number;
  readonly withoutImplMap: number;
  readonly flags: Readonly<Record<string, number>>;
  readonly implMap: Readonly<Record<string, number>>;
  readonly decode: Readonly<Record<string, number>>;
  readonly jmpIatCount: number;
  readonly jmpIat: readonly (readonly [token: string, method: string, rva: string, symbol: string])[];
  readonly withoutImplMapList: readonly (readonly [token: string, method: string, convention: string])[];
  readonly realNativeBodies: readonly (readonly string[])[];
  readonly list: readonly (readonly [token: string, method: string, rva: string])[];
}

export const manifestFiles: readonly ManifestFile[] = existsSync(`${corpusDirectory}manifest.json`)
  ? (JSON.parse(readFileSync(`${corpusDirectory}manifest.json`, 'utf8')) as { readonly files: readonly ManifestFile[] }).files
  : [];
