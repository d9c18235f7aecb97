export type { PdbModule } from './dbi-stream.ts';
export type { PdbLine, PdbSourceFile } from './line-numbers.ts';
export { MSF_MAGIC } from './msf-file.ts';
export type { PdbInfo } from './pdb-names.ts';
export type { PdbData, PdbProcedure, PdbPublic, SectionOffset } from './symbol-records.ts';
export { type Placed, WindowsPdb } from './windows-pdb.ts';
