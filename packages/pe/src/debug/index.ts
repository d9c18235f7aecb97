export type {
  CodeViewMtoc,
  CodeViewNb10,
  CodeViewOther,
  CodeViewRsds,
  DebugData,
  EmbeddedPortablePdb,
  ExtendedDllCharacteristics,
  FpoData,
  MiscData,
  PdbChecksum,
  Pogo,
  ReadyToRunPerfMap,
  Repro,
  VcFeature,
} from './debug-data.ts';
export { type DebugEntry, DebugType, debugEntryBytes, readDebugDirectory } from './debug-directory.ts';
export { buildDebugDirectory, codeViewEntry, type DebugEntryInput, pdbChecksumEntry, pogoEntry } from './debug-directory-builder.ts';
export { readEmbeddedPortablePdb, writeEmbeddedPortablePdb } from './embedded-portable-pdb.ts';
