/** Kinds of CustomDebugInformation rows, by GUID: Portable PDB specification, and Roslyn's PortableCustomDebugInfoKinds. */
export const CustomDebugInformationKind = {
  stateMachineHoistedLocalScopes: '6da9a61e-f8c7-4874-be62-68bc5630df71',
  dynamicLocalVariables: '83c563c4-b4f3-47d5-b824-ba5441477ea8',
  defaultNamespace: '58b2eab6-209f-4e4e-a22c-b2d0f910c782',
  encLocalSlotMap: '755f52a8-91c5-45be-b4b8-209571e552bd',
  encLambdaAndClosureMap: 'a643004c-0240-496f-a783-30d64f4979de',
  encStateMachineStateMap: '8b78cd68-2ede-420b-980b-e15884b8aaa3',
  sourceLink: 'cc110556-a091-4d38-9fec-25ab9a351a6a',
  embeddedSource: '0e8a571b-6926-466e-b4ad-8ab04611f5fe',
  compilationMetadataReferences: '7e4d4708-096e-4c5c-aeda-cb10ba6a740d',
  compilationOptions: 'b5feec05-8cd0-4a83-96da-466284bb4bd8',
  tupleElementNames: 'ed9fdf71-8879-4747-8ed3-fe5ede3ce710',
  typeDefinitionDocuments: '932e74bc-dba9-4478-8d46-0f32a7bab3d3',
  primaryConstructor: '9d40ace1-c703-4d0e-bf41-7243060a8fb5',
  asyncMethodStepping: '54fd2ac5-e925-401a-9c2a-f94f171072f8',
} as const;

export type CustomDebugInformationKindName = keyof typeof CustomDebugInformationKind;

const names = new Map<string, CustomDebugInformationKindName>(
  Object.entries(CustomDebugInformationKind).map(([name, guid]) => [guid, name as CustomDebugInformationKindName]),
);

/** The name of a kind by its GUID in lower case, `undefined` for one that is not known. */
export const customDebugInformationKindName = (guid: string): CustomDebugInformationKindName | undefined => names.get(guid);
