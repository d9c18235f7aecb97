export { type GenerationRow, MetadataGenerations } from './metadata-generations.ts';
