import type { Metadata } from '../metadata.ts';
import type { AssemblyIdentity } from './assembly-identity.ts';
import { assemblyIdentity } from './assembly-references.ts';

/**
 * The source of assemblies. The library does not read files: the caller searches its folders, its zip, its network. Each is asked once for one thing;
 * the resolver keeps the answers.
 */
export interface AssemblyProvider {
  /** The manifest module of an assembly, `undefined` if it is not available. `from` is the module that refers to it. */
  assembly(identity: AssemblyIdentity, from: Metadata): Metadata | undefined;
  /** Another module of the assembly of `from`, by the file name of its File or ModuleRef row. */
  module?(fileName: string, from: Metadata): Metadata | undefined;
}

/** A provider of assemblies that are already open, found by simple name without regard to case, as the runtime has it. */
export function assembliesAtHand(assemblies: Iterable<Metadata>): AssemblyProvider {
  const byName = new Map<string, Metadata>();
  for (const metadata of assemblies) {
    const identity = assemblyIdentity(metadata);
    if (identity) byName.set(identity.name.toLowerCase(), metadata);
  }
  return { assembly: ({ name }) => byName.get(name.toLowerCase()) };
}
