import { BadImageError, hex } from '@ijw/binary';
import { type CliHeader, CorFlags, SectionCharacteristics } from '@ijw/pe';
import { type CheckedView, CLI_HEADER_SIZE, type ImageView, rvaProblem, sectionOf } from '../image/image-view.ts';
import { type MetadataRootProblem, metadataRootProblem } from './metadata-root-rule.ts';
import type { FormatRule, RuleIdentity } from './nt-header-rules.ts';

const { MEM_READ, MEM_WRITE } = SectionCharacteristics;

const KNOWN_FLAGS =
  CorFlags.ILONLY |
  CorFlags.REQUIRED_32BIT |
  CorFlags.IL_LIBRARY |
  CorFlags.STRONGNAMESIGNED |
  CorFlags.NATIVE_ENTRYPOINT |
  CorFlags.TRACKDEBUGDATA |
  CorFlags.PREFERRED_32BIT;

type CliDirectory =
  | 'metaData'
  | 'resources'
  | 'strongNameSignature'
  | 'codeManagerTable'
  | 'vTableFixups'
  | 'exportAddressTableJumps'
  | 'managedNativeHeader';

/** The rules for the header's directories: `readOnly` ones are not in a writable section, `required` ones are present. */
const DIRECTORIES: readonly {
  readonly key: CliDirectory;
  readonly field: string;
  readonly readOnly: boolean;
  readonly required: boolean;
}[] = [
  { key: 'metaData', field: 'MetaData', readOnly: true, required: true },
  { key: 'resources', field: 'Resources', readOnly: true, required: false },
  { key: 'strongNameSignature', field: 'StrongNameSignature', readOnly: true, required: false },
  { key: 'codeManagerTable', field: 'CodeManagerTable', readOnly: true, required: false },
  { key: 'vTableFixups', field: 'VTableFixups', readOnly: false, required: false },
  { key: 'exportAddressTableJumps', field: 'ExportAddressTableJumps', readOnly: false, required: false },
  { key: 'managedNativeHeader', field: 'ManagedNativeHeader', readOnly: false, required: false },
];

const inHeader = (
  rule: string,
  field: string,
  broken: (cli: CliHeader, view: CheckedView) => string | undefined,
): FormatRule<CheckedView> => ({
  rule,
  structure: 'CLI header',
  field,
  broken: (view) => broken(view.cli, view),
});

const has = (cli: CliHeader, flag: number): boolean => (cli.flags & flag) !== 0;

/** The input of the other rules of the CLI header. */
export const NO_CLI_HEADER: RuleIdentity = { rule: 'noCliHeader', structure: 'data directories', field: 'CLI header' };

/** dotnet/runtime `utilcode/pedecoder.cpp`, CheckCorHeader, in its order. Mixed images and IL-only ones are held to the same. */
export const CLI_HEADER_RULES: readonly FormatRule<CheckedView>[] = [
  { rule: 'cliHeaderPlace', structure: 'data directories', field: 'CLI header', broken: cliHeaderPlaceProblem },
  inHeader('runtimeVersion', 'MajorRuntimeVersion', (cli) =>
    isComposite(cli) || cli.majorRuntimeVersion === 2 ? undefined : `is for runtime version ${cli.majorRuntimeVersion}, not 2`,
  ),
  ...DIRECTORIES.map(({ key, field, readOnly, required }) =>
    inHeader(`${key}Place`, field, (cli, view) => {
      const { rva, size } = cli[key];
      const problem = rvaProblem(view, rva, size, readOnly ? MEM_WRITE : 0, !required);
      return problem && `has a ${field} directory that ${problem}`;
    }),
  ),
  inHeader('cliHeaderSize', 'cb', (cli) =>
    cli.cb >= CLI_HEADER_SIZE ? undefined : `has a CLI header of ${cli.cb} bytes, ${CLI_HEADER_SIZE} are needed`,
  ),
  inHeader('unknownFlags', 'Flags', (cli) => {
    const unknown = (cli.flags & ~KNOWN_FLAGS) >>> 0;
    return unknown === 0 ? undefined : `has the unknown flags ${hex(unknown)}`;
  }),
  inHeader('ilOnlyWithVTableFixups', 'VTableFixups', (cli) =>
    has(cli, CorFlags.ILONLY) && cli.vTableFixups.size !== 0 ? 'is IL-only and has vtable fixups' : undefined,
  ),
  inHeader('ilOnlyWithExportJumps', 'ExportAddressTableJumps', (cli) =>
    has(cli, CorFlags.ILONLY) && cli.exportAddressTableJumps.size !== 0 ? 'is IL-only and has export address table jumps' : undefined,
  ),
  inHeader('ilOnlyWithNativeEntryPoint', 'Flags', (cli) =>
    has(cli, CorFlags.ILONLY) && has(cli, CorFlags.NATIVE_ENTRYPOINT) ? 'is IL-only and has a native entry point' : undefined,
  ),
  inHeader('nativeEntryPoint', 'EntryPoint', nativeEntryPointProblem),
  inHeader('strongName', 'StrongNameSignature', (cli) =>
    has(cli, CorFlags.STRONGNAMESIGNED) && (cli.strongNameSignature.rva === 0 || cli.strongNameSignature.size === 0)
      ? 'is marked as signed and has no signature'
      : undefined,
  ),
  inHeader('managedNativeHeader', 'ManagedNativeHeader', (cli) =>
    !has(cli, CorFlags.IL_LIBRARY) && !isComposite(cli) && cli.managedNativeHeader.size !== 0
      ? 'has a managed native header without being an IL library'
      : undefined,
  ),
  inHeader('metadataRoot', 'MetaData', (cli, view) => metadataProblem(view, cli)?.text),
];

/** The errors of the metadata root, which is read up to the end of the file: its size is only a claim. */
export function metadataProblem({ image }: ImageView, cli: CliHeader): MetadataRootProblem | undefined {
  const { rva, size } = cli.metaData;
  try {
    return metadataRootProblem(image.bytesAt(rva, Math.min(size, image.bytes.length), 'the metadata'), size);
  } catch (error) {
    if (error instanceof BadImageError) return { kind: 'corrupt', text: `has metadata that is not there: ${error.message}` };
    throw error;
  }
}

/** Composite ReadyToRun images have version 0.0, which the runtime lets pass. */
const isComposite = (cli: CliHeader): boolean => cli.majorRuntimeVersion === 0 && cli.minorRuntimeVersion === 0;

function cliHeaderPlaceProblem(view: ImageView): string | undefined {
  const directory = view.image.dataDirectories[14];
  if (!directory) return undefined;
  const problem = rvaProblem(view, directory.rva, directory.size, MEM_WRITE, false);
  if (problem) return `has a CLI header that ${problem}`;
  if (directory.size < CLI_HEADER_SIZE) return `has a CLI header of ${directory.size} bytes, ${CLI_HEADER_SIZE} are needed`;
  return (sectionOf(view, directory.rva)?.characteristics ?? 0) & MEM_READ ? undefined : 'has a CLI header that cannot be read';
}

function nativeEntryPointProblem(cli: CliHeader, view: ImageView): string | undefined {
  if (has(cli, CorFlags.ILONLY) || !has(cli, CorFlags.NATIVE_ENTRYPOINT)) return undefined;
  const rva = cli.entryPointTokenOrRva;
  if (rva === 0) return 'has a native entry point at RVA 0';
  return sectionOf(view, rva) ? undefined : `has a native entry point at ${hex(rva)}, outside the sections`;
}
