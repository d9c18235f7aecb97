import { hex } from '@ijw/binary';
import type { ImagePlace } from '@ijw/windows';

/** `CLI header, EntryPoint, token 0x06000001`. */
export const placeText = ({ file, structure, field, rva, token }: ImagePlace): string =>
  [
    ...(file === undefined ? [] : [file]),
    structure,
    ...(field === undefined || field === file ? [] : [field]),
    ...(rva === undefined ? [] : [`RVA ${hex(rva)}`]),
    ...(token === undefined ? [] : [`token ${hex(token, 8)}`]),
  ].join(', ');
