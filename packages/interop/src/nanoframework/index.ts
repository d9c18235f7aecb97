export { nanoStubs } from './generate.ts';
export { NANO_PROFILES, type NanoProfile } from './nano-profile.ts';
export { buildNanoTable, type NanoSlot, type NanoTable, nanoChecksum } from './native-table.ts';
