/** Portable PDB specification, "Imports Blob": the kinds of import and what follows each, in order. */
export const importKinds = {
  namespace: { value: 1, fields: ['namespace'] },
  assemblyNamespace: { value: 2, fields: ['assembly', 'namespace'] },
  type: { value: 3, fields: ['type'] },
  xmlNamespace: { value: 4, fields: ['alias', 'namespace'] },
  assemblyReferenceAlias: { value: 5, fields: ['alias'] },
  aliasAssemblyReference: { value: 6, fields: ['alias', 'assembly'] },
  aliasNamespace: { value: 7, fields: ['alias', 'namespace'] },
  aliasAssemblyNamespace: { value: 8, fields: ['alias', 'assembly', 'namespace'] },
  aliasType: { value: 9, fields: ['alias', 'type'] },
} as const;

export type ImportKind = keyof typeof importKinds;
