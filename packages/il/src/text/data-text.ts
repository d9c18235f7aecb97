import { hexDigits } from '@ijw/binary';
import { type FieldToken, makeToken, TableId } from '@ijw/metadata';
import { SectionCharacteristics } from '@ijw/pe';
import type { Disassembly } from './disassembly.ts';

interface Datum {
  readonly label: string;
  readonly rva: number;
  readonly size: number;
  readonly bytes: Uint8Array;
  readonly kind: '' | 'cil ' | 'tls ';
}

/** The `.data` declarations of an image: one for each run of bytes that fields start with. A run is as long as the field's type, never up to "the next label". */
export class DataLabels {
  readonly #data = new Map<string, Datum>();
  readonly #labels = new Map<number, string>();

  constructor({ metadata, data, diagnostics }: Disassembly) {
    const { FieldRVA } = metadata.tables;
    for (let row = 1; row <= FieldRVA.rowCount; row++) {
      const token = makeToken(TableId.Field, FieldRVA.get(row, 'Field'));
      const found = diagnostics.attempt(() => data.read(token), token);
      if (found === undefined || found.size === undefined) continue;
      const { rva, size, bytes, section } = found;
      const label = this.#label(rva, size);
      const writable = section === undefined || (section.characteristics & SectionCharacteristics.MEM_WRITE) !== 0;
      this.#data.set(label, { label, rva, size, bytes, kind: section?.name === '.tls' ? 'tls ' : writable ? '' : 'cil ' });
      this.#labels.set(token, label);
    }
  }

  /** Two fields may start at one address with types of two sizes. */
  #label(rva: number, size: number): string {
    const plain = `D_${hexDigits(rva, 8).toUpperCase()}`;
    const known = this.#data.get(plain);
    return known === undefined || known.size === size ? plain : `${plain}_${size}`;
  }

  labelOf(token: FieldToken): string | undefined {
    return this.#labels.get(token);
  }

  /** Every declaration, by address. */
  write({ sink }: Disassembly): void {
    for (const { label, size, bytes, kind } of [...this.#data.values()].sort((a, b) => a.rva - b.rva)) {
      if (bytes.length === 0) {
        sink.line(`.data ${kind}${label} = int8[${Math.max(size, 1)}]`);
        continue;
      }
      sink.start().text(`.data ${kind}${label} = bytearray (`);
      for (let at = 0; at < bytes.length; at += 16)
        sink
          .end()
          .start()
          .text('  ')
          .hexBytes(bytes, at, Math.min(at + 16, bytes.length));
      if (bytes.length < size) writeZeroes(sink, size - bytes.length);
      sink.text(')').end();
    }
  }
}

const ZEROES = new Uint8Array(16);

function writeZeroes(sink: Disassembly['sink'], count: number): void {
  for (let left = count; left > 0; left -= 16) sink.end().start().text('  ').hexBytes(ZEROES, 0, Math.min(left, 16));
}
