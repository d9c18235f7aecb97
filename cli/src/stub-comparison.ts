import { BadImageError, hex, printable, UsageError } from '@ijw/binary';
import { compareFiles, type StubComparison, type StubInput, type StubSet, type StubTarget } from '@ijw/interop/stubs';
import { checkFirmware, compareVendorChecksum, type FirmwareReport, type StubMismatch } from '@ijw/interop/tinyclr';
import { readCheckedFiles } from './checked-files.ts';
import type { CommandContext } from './command.ts';
import type { Row } from './output/columns.ts';

/** What a system makes of an assembly. */
export interface GeneratedStubs {
  readonly target: StubTarget;
  readonly input: StubInput;
  readonly set: StubSet;
}

/** Compares what the paths of `--check` name with an assembly. @throws UsageError for a file that the system has no use for; BadImageError */
export function compareStubs(context: CommandContext, stubs: GeneratedStubs, paths: readonly string[]): StubComparison {
  const { target, input } = stubs;
  const { folders, sources, firmware, vendor } = readCheckedFiles(context.io, paths, context.options.base as string | undefined);
  const system = String(context.options.for);
  if (target.compare === undefined && sources.length > 0) throw new UsageError(`--check: for ${system}, name the folder of the files`);
  if (target.firmwareTable === undefined && firmware !== undefined)
    throw new UsageError(`--check: ${system} has no methods table in a firmware`);
  if (target.vendorTable === undefined && vendor !== undefined) throw new UsageError(`--check: ${system} has no .pe files`);
  const report = firmware && target.firmwareTable ? checkFirmware(target.firmwareTable(input), firmware) : undefined;
  return {
    mismatches: [
      ...folders.flatMap((folder) => compareFolder(context, stubs, folder)),
      ...sources.flatMap(({ path, text }) => compareSource(target, input, path, text)),
      ...(vendor && target.vendorTable ? compareVendorChecksum(target.vendorTable(input, vendor.generation), vendor.checksum) : []),
      ...(report?.mismatches ?? []),
    ],
    ...(report !== undefined && { firmware: report }),
  };
}

export const inFolder = (folder: string, path: string): string => (folder.endsWith('/') ? `${folder}${path}` : `${folder}/${path}`);

/** The text of a file that may be written again; `undefined` if it does not exist. */
export function existingText({ io }: CommandContext, path: string): string | undefined {
  return io.isFile(path) ? new TextDecoder().decode(io.readFile(path, { rewritten: true })) : undefined;
}

function compareFolder(context: CommandContext, { target, input, set }: GeneratedStubs, folder: string): readonly StubMismatch[] {
  if (target.compare === undefined || target.tableFile === undefined)
    return compareFiles(set, (path) => existingText(context, inFolder(folder, path)));
  const file = inFolder(folder, target.tableFile(input));
  return compareSource(target, input, file, new TextDecoder().decode(context.io.readFile(file)));
}

function compareSource(target: StubTarget, input: StubInput, path: string, source: string): readonly StubMismatch[] {
  try {
    return target.compare?.(input, source) ?? [];
  } catch (error) {
    if (!(error instanceof BadImageError)) throw error;
    const { code, offset, message } = error;
    throw new BadImageError({ code, offset, reading: path, message });
  }
}

/** Where the firmware has what the device is told. */
export function firmwareRows({ style, options }: CommandContext, { definition, image, region }: FirmwareReport): readonly Row[] {
  const rows: Row[] = [];
  const add = (label: string, value: string): void => void rows.push([{ text: label, paint: style.dim }, value]);
  if (definition) add(options.for === 'tinyclr' ? 'Interop.Add' : 'definition', `${hex(definition.address)}  ${definition.symbol}`);
  if (image) add('image', `${hex(image.base)}, ${image.size} bytes`);
  if (region) {
    const { name, origin, length, used } = region;
    add('region', `${name} at ${hex(origin)}: ${used} ${length === undefined ? '' : `of ${length} `}bytes used`);
  }
  return rows;
}

export function mismatchLine({ style }: CommandContext, { place, expected, found, explanation }: StubMismatch): string {
  const where = typeof place === 'number' ? `slot ${place}` : printable(place);
  const why = explanation === undefined ? '' : ` (${printable(explanation)})`;
  return `${style.yellow(where)}: expected ${style.green(printable(expected))}, found ${style.red(printable(found))}${why}\n`;
}
