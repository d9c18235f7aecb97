export {
  bytesPart,
  type ImagePart,
  ImagePlan,
  type PartPlace,
  type PlacedPart,
  type PlacedSection,
  type SectionOptions,
} from './image-plan.ts';
export { PEBuilder, type PEBuilderOptions } from './pe-builder.ts';
export { SectionBuilder } from './section-builder.ts';
