import {
  decodeResource,
  directoryNames,
  imageChecksum,
  listResources,
  overlayOf,
  type PEImage,
  readAuthenticodeSignatures,
  readBaseRelocations,
  readBoundImportDirectory,
  readCertificates,
  readCliHeader,
  readCoffSymbolTable,
  readDebugDirectory,
  readDelayImportDirectory,
  readExceptionDirectory,
  readExportDirectory,
  readImportDirectory,
  readLoadConfig,
  readReadyToRunHeader,
  readResourceDirectory,
  readRichHeader,
  readTlsDirectory,
  readUnwoundFunctions,
} from '@ijw/pe';
import type { CommandContext } from '../command.ts';
import { openImage } from '../input.ts';
import { diagnosticLines } from '../output/diagnostic-lines.ts';
import { writeJson } from '../output/json.ts';
import { outlineOf } from '../output/outline.ts';

export async function run(context: CommandContext): Promise<number> {
  const image = await openImage(context);
  const document = { ...headersDocument(image, { unwind: context.options.unwind === true }), certificates: await certificates(image) };
  const diagnostics = image.diagnostics.entries;
  if (context.options.json) writeJson(context.write, { file: context.operands[0], ...document, diagnostics });
  else {
    for (const [title, part] of Object.entries(document)) {
      if (part === undefined) continue;
      context.write(`${context.style.bold(title)}\n`);
      for (const text of outlineOf(part, context.style)) context.write(text);
      context.write('\n');
    }
    context.write(diagnosticLines(diagnostics, context.style));
  }
  return 0;
}

interface HeadersOptions {
  /** With how each function is unwound: of a large image that is most of the document. */
  readonly unwind?: boolean;
}

/** Every header and directory. What one of them lacks is a diagnostic; the others are still there. */
export function headersDocument(image: PEImage, { unwind = false }: HeadersOptions = {}): Readonly<Record<string, object | undefined>> {
  const read = <T>(reader: (image: PEImage) => T): T | undefined => image.diagnostics.attempt(() => reader(image));
  const exported = read(readExportDirectory);
  const exceptions = read(readExceptionDirectory);
  return {
    dos: image.dosHeader,
    rich: read(readRichHeader),
    coff: { ...image.coffHeader, machineName: image.machine, ...(image.machineOs !== undefined && { machineOs: image.machineOs }) },
    optional: { ...image.optionalHeader, computedCheckSum: read(imageChecksum)?.computed },
    sections: image.sections.map(section),
    directories: image.dataDirectories.map(({ rva, size }, index) => ({ name: directoryNames[index] ?? String(index), rva, size })),
    cli: read(readCliHeader),
    imports: read(readImportDirectory)?.modules.map(importedModule),
    delayImports: read(readDelayImportDirectory)?.modules.map(importedModule),
    boundImports: read(readBoundImportDirectory)?.modules,
    exports: exported?.symbols,
    exportDirectory: exported && {
      moduleName: exported.moduleName,
      ordinalBase: exported.ordinalBase,
      timeDateStamp: exported.timeDateStamp,
    },
    relocations: read(relocationCounts),
    debug: read(readDebugDirectory),
    tls: read(readTlsDirectory),
    loadConfig: read(readLoadConfig),
    resources: read(resources),
    exceptions: exceptions && {
      format: exceptions.format,
      count: exceptions.functions.length,
      ...(unwind && { functions: readUnwoundFunctions(image, exceptions) }),
    },
    readyToRun: read(readReadyToRunHeader),
    symbols: read(readCoffSymbolTable),
    overlay: read(overlayOf),
  };
}

const section = ({ name, virtualAddress, virtualSize, pointerToRawData, sizeOfRawData, characteristics }: PEImage['sections'][number]) => ({
  name,
  rva: virtualAddress,
  virtualSize,
  offset: pointerToRawData,
  size: sizeOfRawData,
  flags: characteristics,
});

const importedModule = <S>({ name, symbols }: { readonly name: string; readonly symbols: readonly S[] }) => ({ module: name, symbols });

function relocationCounts(image: PEImage) {
  const blocks = readBaseRelocations(image);
  if (blocks === undefined) return undefined;
  const types: Record<string, number> = {};
  let count = 0;
  for (const block of blocks) {
    for (const entry of block.entries) {
      count++;
      types[entry.type] = (types[entry.type] ?? 0) + 1;
    }
  }
  return { count, blocks: blocks.length, types };
}

/** Every resource by type, name and language; versions, manifests, strings, messages and icon groups decoded. */
function resources(image: PEImage) {
  const root = readResourceDirectory(image);
  return (
    root &&
    [...listResources(root)].map((resource) => ({ ...resource, ...image.diagnostics.attempt(() => decodeResource(image, resource)) }))
  );
}

/** The certificate table, and what its Authenticode signatures say. */
async function certificates(image: PEImage) {
  const entries = image.diagnostics.attempt(() => readCertificates(image));
  if (entries === undefined) return undefined;
  const signatures = await readAuthenticodeSignatures(image);
  return { entries: entries.map(({ offset, revision, type, bytes }) => ({ offset, revision, type, size: bytes.length })), signatures };
}
