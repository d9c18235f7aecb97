import { CLI_HEADER_SIZE, cliHeaderLayout } from './cli-header/cli-header.ts';
import { coffHeaderLayout } from './headers/coff-header.ts';
import { directoryNames } from './headers/data-directory.ts';
import { dosHeaderLayout } from './headers/dos-header.ts';
import { optionalHeader32Layout, optionalHeader64Layout, PE32_PLUS_MAGIC } from './headers/optional-header.ts';
import { sectionHeaderLayout } from './headers/section-header.ts';
import type { PEImage } from './pe-image.ts';
import type { FieldKinds, Structure } from './structure.ts';

/** A field of a header, and where it is. */
export interface HeaderField {
  readonly name: string;
  /** In the file. */
  readonly offset: number;
  readonly size: number;
}

/** A header of fixed layout, and where it is. */
export interface HeaderStructure {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  readonly fields: readonly HeaderField[];
}

const SIZES = { u8: 1, u16: 2, u32: 4, u64: 8 } as const;

function placed<F extends FieldKinds>(name: string, offset: number, layout: Structure<F>): HeaderStructure {
  const fields = Object.entries(layout.fields).map(
    ([field, kind]): HeaderField => ({
      name: field,
      offset: offset + layout.offsetOf(field),
      size: typeof kind === 'number' ? kind : SIZES[kind],
    }),
  );
  return { name, offset, size: layout.size, fields };
}

/** The headers of an image that have a fixed layout, in the order of the file; the CLI header last. */
export function headerStructures(image: PEImage): readonly HeaderStructure[] {
  const { signatureOffset, optionalHeader, dataDirectories, sections, coffHeader } = image;
  const coff = signatureOffset + 4;
  const optional = coff + coffHeaderLayout.size;
  const layout = optionalHeader.magic === PE32_PLUS_MAGIC ? optionalHeader64Layout : optionalHeader32Layout;
  const directories = optional + layout.size;
  const firstSection = optional + coffHeader.sizeOfOptionalHeader;
  const cli = image.directory('cliHeader');
  const cliOffset = cli && image.rvaToOffset(cli.rva);
  return [
    placed('DOS header', 0, dosHeaderLayout),
    { name: 'PE signature', offset: signatureOffset, size: 4, fields: [{ name: 'signature', offset: signatureOffset, size: 4 }] },
    placed('COFF header', coff, coffHeaderLayout),
    placed('optional header', optional, layout as Structure<FieldKinds>),
    {
      name: 'data directories',
      offset: directories,
      size: dataDirectories.length * 8,
      fields: dataDirectories.flatMap((_, index): readonly HeaderField[] => [
        { name: `${directoryNames[index]}.rva`, offset: directories + index * 8, size: 4 },
        { name: `${directoryNames[index]}.size`, offset: directories + index * 8 + 4, size: 4 },
      ]),
    },
    ...sections.map(({ name }, index) =>
      placed(`section header ${name}`, firstSection + index * sectionHeaderLayout.size, sectionHeaderLayout),
    ),
    ...(cliOffset === undefined || cliOffset + CLI_HEADER_SIZE > image.bytes.length
      ? []
      : [placed('CLI header', cliOffset, cliHeaderLayout)]),
  ];
}
