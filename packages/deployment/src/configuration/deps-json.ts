import { fileNameOf } from '../files/deployed-file.ts';
import { isObject, objectOf, parseJsonObject, textOf } from './json-object.ts';

export type AssetKind = 'runtime' | 'native';

/** A file that a library brings. */
export interface Asset {
  readonly kind: AssetKind;
  /** As the file names it: `lib/net8.0/a.dll`, `runtimes/win-x64/native/b.dll`. */
  readonly path: string;
  /** The runtime identifier that it is for; `undefined` for all. */
  readonly rid: string | undefined;
  /** `Name/1.0.0`. */
  readonly library: string;
  /** A published file lies beside the program, under its name alone. */
  readonly place: string;
}

/** `NAME.deps.json` (dotnet/sdk documentation, "runtime-configuration-file.md"). */
export interface DepsJson {
  /** `.NETCoreApp,Version=v8.0/linux-x64`. */
  readonly target: string | undefined;
  readonly assets: readonly Asset[];
  /** Runtime identifiers and those they fall back to, where the file has them. */
  readonly fallbacks: ReadonlyMap<string, readonly string[]>;
}

/** Reads the file; what is wrong with it, as a sentence, where it cannot be read. */
export function parseDepsJson(bytes: Uint8Array): DepsJson | string {
  const document = parseJsonObject(bytes);
  if (typeof document === 'string') return document;
  const target = textOf(objectOf(document.runtimeTarget).name) ?? textOf(document.runtimeTarget);
  const targets = objectOf(document.targets);
  const [first] = Object.values(targets);
  const libraries = objectOf(target === undefined ? first : (targets[target] ?? first));
  const assets = Object.entries(libraries).flatMap(([library, value]) => assetsOf(library, objectOf(value)));
  const fallbacks = Object.entries(objectOf(document.runtimes)).map(([rid, list]): [string, readonly string[]] => [
    rid,
    Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [],
  ]);
  return { target, assets, fallbacks: new Map(fallbacks) };
}

function assetsOf(library: string, value: ReturnType<typeof objectOf>): readonly Asset[] {
  const plain = (kind: AssetKind): Asset[] =>
    Object.entries(objectOf(value[kind]))
      .filter(([path]) => !path.endsWith('/_._'))
      .map(([path, facts]) => ({ kind, path, rid: undefined, library, place: textOf(objectOf(facts).localPath) ?? fileNameOf(path) }));
  const targeted = Object.entries(objectOf(value.runtimeTargets)).flatMap(([path, facts]): Asset[] => {
    const { assetType, rid } = objectOf(facts);
    if (!isObject(facts) || path.endsWith('/_._')) return [];
    return [{ kind: assetType === 'native' ? 'native' : 'runtime', path, rid: textOf(rid), library, place: path }];
  });
  return [...plain('runtime'), ...plain('native'), ...targeted];
}
