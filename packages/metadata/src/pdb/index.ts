export {
  type AwaitPoint,
  type CustomDebugInformation,
  type MetadataReference,
  readCustomDebugInformation,
  writeCustomDebugInformation,
} from './custom-debug-information.ts';
export {
  CustomDebugInformationKind,
  type CustomDebugInformationKindName,
  customDebugInformationKindName,
} from './custom-debug-information-kind.ts';
export { documentHashAlgorithms, documentLanguages } from './document-guids.ts';
export { type DocumentNameParts, readDocumentName, writeDocumentName } from './document-name.ts';
export { type ImportKind, importKinds } from './import-kind.ts';
export { type Import, type ImportStrings, readImports, writeImports } from './imports.ts';
export {
  type ConstantModifier,
  type LocalConstantSignature,
  readLocalConstantSignature,
  writeLocalConstantSignature,
} from './local-constant.ts';
export {
  type ImportScope,
  type LocalConstant,
  type LocalScope,
  type LocalVariable,
  PortablePdb,
  type SourceDocument,
} from './portable-pdb.ts';
export { readSequencePoints, type SequencePoint, type SequencePoints, writeSequencePoints } from './sequence-points.ts';
