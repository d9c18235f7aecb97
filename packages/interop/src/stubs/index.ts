export { cStubs } from '../c-stubs/generate.ts';
export { csharpStubs } from '../csharp-stubs/generate.ts';
export { type GeneratedFile, partsOf, type StubTexts } from '../generated/generated-file.ts';
export { LazyText } from '../generated/lazy-text.ts';
export { type MergedFile, mergeStubs, unmerged } from '../generated/merge-stubs.ts';
export type { StubEntry, StubRefusal, StubSet } from '../generated/stub-set.ts';
export { compareFiles, type StubInput, type StubTarget } from '../generated/stub-target.ts';
export { type StubComparison, type StubsDocument, stubsDocument } from '../generated/stubs-document.ts';
export {
  type AssemblyShape,
  type FieldShape,
  type MethodShape,
  qualifiedName,
  type ShapeKind,
  type TypeShape,
} from '../shape/assembly-shape.ts';
export { type NativeBoundary, type NativeCrossing, type RefusedCrossing, readNativeBoundary, structsOf } from '../shape/native-boundary.ts';
export { readAssemblyShape } from '../shape/read-assembly-shape.ts';
export { STUB_TARGETS } from '../stub-targets.ts';
