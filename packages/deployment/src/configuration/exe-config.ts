import { attributeOf, type XmlTag, xmlTags } from '../files/xml-tags.ts';

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

/** Reads the elements; text that is not XML has none. */
export function parseExeConfig(bytes: Uint8Array): ExeConfig {
  const tags = [...xmlTags(decoder.decode(bytes))].filter(({ isEnd }) => !isEnd);
  const values = (element: string, attribute: string): string[] =>
    tags.filter(({ name }) => name === element).flatMap((tag) => attributeOf(tag, attribute) ?? []);
  return {
    supportedRuntimes: values('supportedRuntime', 'version'),
    legacyV2Policy: values('startup', 'useLegacyV2RuntimeActivationPolicy').some((value) => value.toLowerCase() === 'true'),
    privatePaths: values('probing', 'privatePath').flatMap((path) => path.split(';').filter(Boolean)),
    redirects: redirectsOf(tags),
  };
}

/** `bindingRedirect` follows the `assemblyIdentity` that it is for. */
function redirectsOf(tags: readonly XmlTag[]): ReadonlyMap<string, string> {
  const redirects = new Map<string, string>();
  let assembly: string | undefined;
  for (const tag of tags) {
    if (tag.name === 'dependentAssembly') assembly = undefined;
    if (tag.name === 'assemblyIdentity') assembly = attributeOf(tag, 'name')?.toLowerCase();
    const version = tag.name === 'bindingRedirect' ? attributeOf(tag, 'newVersion') : undefined;
    if (assembly !== undefined && version !== undefined) redirects.set(assembly, version);
  }
  return redirects;
}
