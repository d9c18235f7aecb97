import { ifReadable, lazyFor } from '@ijw/binary';
import type { Rva } from '../address.ts';
import { readExportDirectory } from '../exports/export-directory.ts';
import type { PEImage } from '../pe-image.ts';

/** The evidence that an image was compiled by NativeAOT: it has neither a CLI header nor metadata that readers of assemblies know. */
export interface NativeAotImage {
  /** The export that debuggers find the runtime's structures by (dotnet/runtime `nativeaot/Runtime/DebugHeader.cpp`). */
  readonly debugHeader?: { readonly name: string; readonly rva: Rva };
  /** Names of sections that the compiler's object writer makes: `.managed` with the code, `hydrated` with data that start-up fills. */
  readonly sections: readonly string[];
  /** ReadyToRunHeader of `tools/Common/Internal/Runtime/ModuleHeaders.cs`, to which the table `__modules` points. */
  readonly header?: { readonly rva: Rva; readonly majorVersion: number; readonly minorVersion: number; readonly sections: number };
}

const DEBUG_HEADER = 'DotNetRuntimeDebugHeader';
const SECTIONS: ReadonlySet<string> = new Set(['.managed', 'hydrated']);

const SIGNATURE = [0x52, 0x54, 0x52, 0x00];
const HEADER_SIZE = 16;
/** ModuleInfoRow: section, flags, start and end. */
const rowSize = (image: PEImage): number => 8 + 2 * image.pointerSize;
/** The compiler has some forty kinds of sections. */
const MOST_ROWS = 128;
const MOST_MAJOR = 64;

/** The first header in a section of data whose fields can be those of one. */
function findHeader(image: PEImage): NativeAotImage['header'] {
  for (const section of image.sections) {
    const bytes = image.sectionBytes(section);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = bytes.indexOf(SIGNATURE[0]!); at >= 0 && at + HEADER_SIZE <= bytes.length; at = bytes.indexOf(SIGNATURE[0]!, at + 1)) {
      if (at % 4 !== 0 || !SIGNATURE.every((byte, index) => bytes[at + index] === byte)) continue;
      const [majorVersion, minorVersion] = [view.getUint16(at + 4, true), view.getUint16(at + 6, true)];
      const [sections, entrySize] = [view.getUint16(at + 12, true), view.getUint8(at + 14)];
      const isHeader =
        majorVersion > 0 && majorVersion <= MOST_MAJOR && sections > 0 && sections <= MOST_ROWS && entrySize === rowSize(image);
      if (isHeader) return { rva: section.virtualAddress + at, majorVersion, minorVersion, sections };
    }
  }
  return undefined;
}

/** The evidence of NativeAOT in an image; `undefined` without any. */
export const readNativeAot = lazyFor((image: PEImage): NativeAotImage | undefined => {
  if (image.directory('cliHeader') !== undefined) return undefined;
  const sections = image.sections.map(({ name }) => name).filter((name) => SECTIONS.has(name));
  const exported = ifReadable(() => readExportDirectory(image))?.symbols.find(({ name }) => name === DEBUG_HEADER);
  if (sections.length === 0 && exported === undefined) return undefined;
  const header = findHeader(image);
  // One section of such a name may be anything.
  if (exported === undefined && header === undefined && sections.length < SECTIONS.size) return undefined;
  return {
    ...(exported?.rva !== undefined && { debugHeader: { name: DEBUG_HEADER, rva: exported.rva } }),
    sections,
    ...(header && { header }),
  };
});
