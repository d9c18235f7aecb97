import {
  buildDelayImports,
  buildImports,
  bytesPart,
  type ExportInput,
  exportDirectoryPart,
  type ImagePart,
  type ImportInput,
  Machine,
  PEBuilder,
  type PEBuilderOptions,
  type Place,
  SectionCharacteristics,
  tlsDirectoryPart,
  writeBoundImports,
  writeLoadConfig,
} from '@ijw/pe';

const CODE = SectionCharacteristics.CNT_CODE | SectionCharacteristics.MEM_EXECUTE | SectionCharacteristics.MEM_READ;
const DATA = SectionCharacteristics.CNT_INITIALIZED_DATA | SectionCharacteristics.MEM_READ | SectionCharacteristics.MEM_WRITE;

export interface NativeDllOptions {
  readonly machine?: 'i386' | 'amd64';
  readonly pe?: PEBuilderOptions;
  /** x86 and x64 code at the entry point. */
  readonly entry?: readonly number[];
  readonly imports?: readonly ImportInput[];
  readonly delayImports?: readonly ImportInput[];
  /** Bound to these, with what timestamp. */
  readonly boundTo?: readonly string[];
  /** `target: 'code'` is the first byte of .text. */
  readonly exports?: readonly { readonly ordinal: number; readonly name?: string; readonly forwarder?: string }[];
  /** Data in .data, and relocations in it by offset and type. */
  readonly data?: Uint8Array;
  readonly relocations?: readonly { readonly offset: number; readonly type: number; readonly adjustment?: number }[];
  /** RVAs in place of what is right. */
  readonly tls?: {
    readonly index?: number;
    readonly callbacks?: readonly number[] | number;
    readonly start?: number;
    readonly end?: number;
  };
  /** Offset in .data of the cookie. */
  readonly cookie?: number;
}

export interface NativeDll {
  readonly bytes: Uint8Array;
  readonly dataRva: number;
  readonly textRva: number;
  /** RVA of the slot of an import. */
  slotRva(module: string, symbol: string): number;
}

/** A DLL without managed code, for the Windows half of the loader. */
export function nativeDll(options: NativeDllOptions = {}): NativeDll {
  const builder = new PEBuilder({
    machine: options.machine === 'i386' ? Machine.I386 : Machine.AMD64,
    coff: { characteristics: 0x2022 },
    ...options.pe,
  });
  const { pointerSize } = builder;
  const text = builder.addSection('.text', { characteristics: CODE });
  const code = text.add(bytesPart(Uint8Array.from([0xc3, 0xcc, 0xcc, 0xcc, ...(options.entry ?? [])]), 16));
  if (options.entry) builder.setEntryPoint({ part: code, offset: 4 });
  const data = builder.addSection('.data', { characteristics: DATA });
  const content = data.add(bytesPart(options.data ?? new Uint8Array(64), 16));
  const imports = buildImports(options.imports ?? [], pointerSize);
  const delayed = buildDelayImports(options.delayImports ?? [], pointerSize);
  if (options.imports) {
    builder.setDirectory('import', data.add(imports.directory));
    data.add(imports.addressTable);
  }
  if (options.delayImports) {
    builder.setDirectory('delayImport', data.add(delayed.directory));
    data.add(delayed.addressTable);
  }
  if (options.boundTo) {
    const modules = options.boundTo.map((name) => ({ name, timeDateStamp: 0x1234, forwarders: [] }));
    builder.setDirectory('boundImport', data.add(bytesPart(writeBoundImports({ modules }))));
  }
  if (options.exports) builder.setDirectory('export', data.add(exportsPart(options.exports, code)));
  if (options.tls) builder.setDirectory('tls', data.add(tlsPart(options.tls, content, code, pointerSize)));
  if (options.cookie !== undefined) builder.setDirectory('loadConfig', data.add(cookiePart(options.cookie, content, pointerSize)));
  for (const { offset, type, adjustment } of options.relocations ?? []) builder.relocate({ part: content, offset }, type, adjustment);
  builder.addSection('.reloc').add(builder.relocationsPart());
  const plan = builder.layout();
  return {
    bytes: builder.build(),
    dataRva: plan.rvaOf(content),
    textRva: plan.rvaOf(code),
    slotRva: (module, symbol) => plan.rvaOf(imports.addressTable, imports.slotOffset(module, symbol)),
  };
}

const exportsPart = (symbols: NonNullable<NativeDllOptions['exports']>, code: ImagePart): ImagePart =>
  exportDirectoryPart({
    moduleName: 'native.dll',
    symbols: symbols.map(
      ({ ordinal, name, forwarder }): ExportInput => ({
        ordinal,
        ...(name !== undefined && { name }),
        ...(forwarder === undefined ? { target: { part: code } } : { forwarder }),
      }),
    ),
  });

function tlsPart(tls: NonNullable<NativeDllOptions['tls']>, content: ImagePart, code: ImagePart, pointerSize: 4 | 8): ImagePart {
  const at = (rva: number | undefined, right: Place): Place => rva ?? right;
  const callbacks = Array.isArray(tls.callbacks) ? tls.callbacks : [{ part: code }, { part: code, offset: 1 }];
  return tlsDirectoryPart(
    {
      rawData: { start: at(tls.start, { part: content }), end: at(tls.end, { part: content, offset: 16 }) },
      index: at(tls.index, { part: content, offset: 32 }),
      callbacks,
    },
    pointerSize,
  );
}

function cookiePart(offset: number, content: ImagePart, pointerSize: 4 | 8): ImagePart {
  const size = pointerSize === 8 ? 0x70 : 0x48;
  return {
    alignment: pointerSize,
    size,
    write: (plan) => writeLoadConfig({ size, securityCookie: plan.vaOf(content, offset) }, pointerSize),
  };
}
