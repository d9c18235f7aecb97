import { attributeOf } from '../files/resource-facts.ts';

/** `NAME.exe.config` of .NET Framework ("Configuration file schema"), as far as it decides what is loaded. */
export interface ExeConfig {
  /** `version` of each `supportedRuntime`: `v4.0`. */
  readonly supportedRuntimes: readonly string[];
  readonly legacyV2Policy: boolean;
  /** Folders of `probing privatePath`. */
  readonly privatePaths: readonly string[];
  /** The versions that bindings are redirected to, by simple name in lower case. */
  readonly redirects: ReadonlyMap<string, string>;
}

const decoder = new TextDecoder();
const COMMENT = /<!--[\s\S]*?-->/g;

/** Reads the elements; text that is not XML has none. */
export function parseExeConfig(bytes: Uint8Array): ExeConfig {
  const xml = decoder.decode(bytes).replace(COMMENT, '');
  const attributes = (element: string): string[] =>
    [...xml.matchAll(new RegExp(`<${element}\\b([^>]*)>`, 'g'))].map(([, text = '']) => text);
  return {
    supportedRuntimes: attributes('supportedRuntime').flatMap((text) => attributeOf(text, 'version') ?? []),
    legacyV2Policy: attributes('startup').some((text) => attributeOf(text, 'useLegacyV2RuntimeActivationPolicy')?.toLowerCase() === 'true'),
    privatePaths: attributes('probing').flatMap((text) => (attributeOf(text, 'privatePath') ?? '').split(';').filter(Boolean)),
    redirects: new Map(
      [...xml.matchAll(/<dependentAssembly\b([\s\S]*?)<\/dependentAssembly>/g)].flatMap(([, body = '']): [string, string][] => {
        const name = attributeOf(/<assemblyIdentity\b([^>]*)>/.exec(body)?.[1] ?? '', 'name');
        const version = attributeOf(/<bindingRedirect\b([^>]*)>/.exec(body)?.[1] ?? '', 'newVersion');
        return name === undefined || version === undefined ? [] : [[name.toLowerCase(), version]];
      }),
    ),
  };
}
