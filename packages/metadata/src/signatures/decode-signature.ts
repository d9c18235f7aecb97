import type { SignatureSource } from './signature-cursor.ts';
import { SignatureDecoder } from './signature-decoder.ts';
import type { MethodSignature, SignatureTypeProvider } from './signature-type-provider.ts';

const open = <T>(source: SignatureSource, provider: SignatureTypeProvider<T>) => new SignatureDecoder(provider).openBytes(source);

/** A MethodDef, MemberRef or StandAloneSig method signature. @throws BadImageError */
export const decodeMethodSignature = <T>(source: SignatureSource, provider: SignatureTypeProvider<T>): MethodSignature<T> =>
  open(source, provider).method();

/** A property's signature: a getter's parameters, its type as the return type. @throws BadImageError */
export const decodePropertySignature = decodeMethodSignature;

/** @throws BadImageError */
export const decodeFieldSignature = <T>(source: SignatureSource, provider: SignatureTypeProvider<T>): T => open(source, provider).field();

/** @throws BadImageError */
export const decodeLocalSignature = <T>(source: SignatureSource, provider: SignatureTypeProvider<T>): readonly T[] =>
  open(source, provider).locals();

/** The generic arguments of a MethodSpec. @throws BadImageError */
export const decodeMethodSpec = <T>(source: SignatureSource, provider: SignatureTypeProvider<T>): readonly T[] =>
  open(source, provider).methodSpec();

/** @throws BadImageError */
export const decodeTypeSpec = <T>(source: SignatureSource, provider: SignatureTypeProvider<T>): T => open(source, provider).type();
