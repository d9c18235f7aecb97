/** The action of a DeclSecurity row: `CorDeclSecurity` of the runtime's corhdr.h, of which ECMA-335 II.22.11 names a part. Keys are the words of IL text. */
export const SecurityAction = {
  request: 1,
  demand: 2,
  assert: 3,
  deny: 4,
  permitonly: 5,
  linkcheck: 6,
  inheritcheck: 7,
  reqmin: 8,
  reqopt: 9,
  reqrefuse: 10,
  prejitgrant: 11,
  prejitdeny: 12,
  noncasdemand: 13,
  noncaslinkdemand: 14,
  noncasinheritance: 15,
} as const;

export type SecurityActionName = keyof typeof SecurityAction;

const names = new Map<number, SecurityActionName>(
  Object.entries(SecurityAction).map(([name, value]) => [value, name as SecurityActionName]),
);

/** The word for an action, `undefined` for a number that no runtime defines. */
export const securityActionName = (action: number): SecurityActionName | undefined => names.get(action);
