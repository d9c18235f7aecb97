import type { FuzzReader } from './reader.ts';
import { debugDataReader } from './readers/debug-data.ts';
import { fixupsReader } from './readers/fixups.ts';
import { imagesReader } from './readers/images.ts';
import { nativeReader } from './readers/native.ts';
import { pkcs7Reader } from './readers/pkcs7.ts';
import { resourcesReader } from './readers/resources.ts';
import { signaturesReader } from './readers/signatures.ts';
import { sourcesReader } from './readers/sources.ts';
import { tablesReader } from './readers/tables.ts';

/** Everything that is fuzzed. A new reader is a file in `readers/` and a row here. */
export const READERS: readonly FuzzReader[] = [
  tablesReader,
  signaturesReader,
  imagesReader,
  resourcesReader,
  debugDataReader,
  fixupsReader,
  nativeReader,
  pkcs7Reader,
  sourcesReader,
];
