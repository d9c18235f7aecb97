export {
  type AssemblyIdentity,
  type AssemblyVersion,
  formatAssemblyIdentity,
  formatVersion,
  parseAssemblyIdentity,
  publicKeyToken,
} from './assembly-identity.ts';
export { type AssemblyProvider, assembliesAtHand } from './assembly-provider.ts';
export { assemblyIdentity, referencedAssembly } from './assembly-references.ts';
export type { MemberResolution, ResolvedType, TypeResolution, Unresolved, UnresolvedReason } from './resolution.ts';
export { Resolver } from './resolver.ts';
export { sha1 } from './sha1.ts';
export { TypeIndex } from './type-index.ts';
export { TypeResolver } from './type-resolver.ts';
export type { MethodOfModule, VirtualMethods } from './virtual-methods.ts';
