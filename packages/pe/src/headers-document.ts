import { type AuthenticodeSignature, readAuthenticodeSignatures } from './certificates/authenticode.ts';
import { readCertificates } from './certificates/certificate-table.ts';
import { readCliHeader } from './cli-header/cli-header.ts';
import { readDebugDirectory } from './debug/debug-directory.ts';
import { readExceptionDirectory } from './exceptions/exception-directory.ts';
import { readUnwoundFunctions } from './exceptions/unwind-information.ts';
import { readExportDirectory } from './exports/export-directory.ts';
import { imageChecksum } from './headers/checksum.ts';
import { directoryNames } from './headers/data-directory.ts';
import { overlayOf } from './headers/overlay.ts';
import { readRichHeader } from './headers/rich-header.ts';
import { readBoundImportDirectory } from './imports/bound-import-directory.ts';
import { readDelayImportDirectory } from './imports/delay-import-directory.ts';
import { readImportDirectory } from './imports/import-directory.ts';
import { readLoadConfig } from './load-config/load-config.ts';
import type { PEImage } from './pe-image.ts';
import { readReadyToRunHeader } from './ready-to-run/ready-to-run-header.ts';
import { readBaseRelocations } from './relocations/base-relocations.ts';
import { listDecodedResources } from './resources/decoded-resource.ts';
import { readResourceDirectory } from './resources/resource-directory.ts';
import { readCoffSymbolTable } from './symbols/coff-symbol-table.ts';
import { readTlsDirectory } from './tls/tls-directory.ts';

export interface HeadersOptions {
  /** With how each function is unwound: of a large image that is most of the document. */
  readonly unwind?: boolean;
}

/** Every header and directory but the certificate table: the JSON of `ijw headers`. An error in one of them is a diagnostic; the others are present. */
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
  return root && [...listDecodedResources(image, root)];
}

export interface CertificatesDocument {
  readonly entries: readonly { readonly offset: number; readonly revision: number; readonly type: number; readonly size: number }[];
  readonly signatures: readonly AuthenticodeSignature[] | undefined;
}

/** The certificate table, and what its Authenticode signatures say: digests are computed, so that it takes time. */
export async function certificatesDocument(image: PEImage): Promise<CertificatesDocument | undefined> {
  const entries = image.diagnostics.attempt(() => readCertificates(image));
  if (entries === undefined) return undefined;
  const signatures = await readAuthenticodeSignatures(image);
  return { entries: entries.map(({ offset, revision, type, bytes }) => ({ offset, revision, type, size: bytes.length })), signatures };
}
