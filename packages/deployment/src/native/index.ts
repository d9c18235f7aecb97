export { readElfFile } from './elf-file.ts';
export { readMachOFile } from './mach-o-file.ts';
export type { NativeLibrary } from './native-library.ts';
