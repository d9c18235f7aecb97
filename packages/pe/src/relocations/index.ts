export {
  type BaseRelocation,
  type BaseRelocationBlock,
  RelocationType,
  readBaseRelocations,
  relocationTypeName,
} from './base-relocations.ts';
export { writeBaseRelocations } from './base-relocations-writer.ts';
