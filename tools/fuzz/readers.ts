import type { FuzzReader } from './reader.ts';
import { bodiesReader } from './readers/bodies.ts';
import { containersReader } from './readers/containers.ts';
import { debugDataReader } from './readers/debug-data.ts';
import { directoriesReader } from './readers/directories.ts';
import { fixupsReader } from './readers/fixups.ts';
import { imagesReader } from './readers/images.ts';
import { namesReader } from './readers/names.ts';
import { nanoReader } from './readers/nano.ts';
import { nativeReader } from './readers/native.ts';
import { pkcs7Reader } from './readers/pkcs7.ts';
import { resourcesReader } from './readers/resources.ts';
import { signaturesReader } from './readers/signatures.ts';
import { sourcesReader } from './readers/sources.ts';
import { sharingReader, tablesReader } from './readers/tables.ts';
import { windowsPdbsReader } from './readers/windows-pdbs.ts';

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
  sharingReader,
  namesReader,
  directoriesReader,
  bodiesReader,
  containersReader,
  windowsPdbsReader,
  nanoReader,
];
