/** Portable PDB specification, "Document Table": hash algorithms by GUID. */
export const documentHashAlgorithms: Readonly<Record<string, string>> = {
  'ff1816ec-aa5e-4d10-87f7-6f4963833460': 'SHA-1',
  '8829d00f-11b8-4213-878b-770e8597ac16': 'SHA-256',
};

/** Portable PDB specification, "Document Table", and CorSymLanguageType of the runtime's corsym.idl: languages by GUID. */
export const documentLanguages: Readonly<Record<string, string>> = {
  '3f5162f8-07c6-11d3-9053-00c04fa302a1': 'C#',
  '3a12d0b8-c26c-11d0-b442-00a0244a1dd2': 'Visual Basic',
  'ab4f38c9-b6e6-43ba-be3b-58080b2ccce3': 'F#',
  '3a12d0b7-c26c-11d0-b442-00a0244a1dd2': 'C++',
  '63a08714-fc37-11d2-904c-00c04fa302a1': 'C',
  'af046cd3-d0e1-11d2-977c-00a0c9b4d50c': 'IL',
};
