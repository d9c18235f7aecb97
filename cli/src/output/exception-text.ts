import { hex } from '@ijw/binary';
import type { CaughtException } from '@ijw/loader';

/** `System.BadImageFormatException 0x8007000b: message ← inner exception`. */
export const exceptionText = ({ type, hresult, message, inner }: CaughtException): string =>
  [
    type,
    ...(hresult === undefined ? [] : [` ${hex(hresult, 8)}`]),
    ...(message === undefined ? [] : [`: ${message}`]),
    ...(inner === undefined ? [] : [` ← ${exceptionText(inner)}`]),
  ].join('');
