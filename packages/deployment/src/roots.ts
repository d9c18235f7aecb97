import { type DeployedFile, withoutExtension } from './files/deployed-file.ts';
import type { Deployment } from './files/deployment.ts';
import type { FileFacts } from './files/file-facts.ts';

/** Programs of the runtime itself, which no user starts. */
const OF_RUNTIME: ReadonlySet<string> = new Set(['createdump', 'createdump.exe', 'singlefilehost.exe', 'apphost.exe', 'comhost.dll']);

/** The files of a folder that get a verdict: its programs; without any, the libraries that no other file there needs. */
export function rootsOf(deployment: Deployment): readonly DeployedFile[] {
  if (deployment.file !== undefined) return [deployment.file];
  const all = deployment.files.all.filter(({ origin, name }) => origin === 'deployment' && mayBeImage(name));
  const files = deployment.isPackage ? packageFiles(all) : all;
  const images = files.map((file) => ({ file, facts: deployment.facts(file) })).filter(({ facts }) => facts.format !== 'other');
  const programs = images.filter(({ file, facts }) => isProgram(deployment, file, facts));
  if (programs.length > 0) return programs.map(({ file }) => file);
  const libraries = images.filter(({ facts }) => facts.format === 'pe').map(({ file }) => file);
  const needed = neededNames(deployment, libraries);
  const free = libraries.filter(({ name }) => !needed.has(name.toLowerCase()));
  return free.length > 0 ? free : libraries.slice(0, 1);
}

/** What a package brings to a program: its assemblies, else its native libraries. Reference assemblies, tools and what is for other kinds of projects are not. */
function packageFiles(files: readonly DeployedFile[]): readonly DeployedFile[] {
  const assemblies = files.filter(({ path }) => /^lib\//i.test(path));
  return assemblies.length > 0 ? assemblies : files.filter(({ path }) => /^runtimes\/[^/]+\/(?:native|lib)\//i.test(path));
}

/** Text, symbols and documentation are not opened. */
const mayBeImage = (name: string): boolean =>
  !/\.(?:json|xml|pdb|dbg|txt|md|config|p7s|nuspec|rels|psmdcp|png|ico|resx?|targets|props|h|lib|a)$/i.test(name);

function isProgram(deployment: Deployment, file: DeployedFile, facts: FileFacts): boolean {
  if (facts.format === 'other' || OF_RUNTIME.has(file.name.toLowerCase())) return false;
  if (facts.format !== 'pe') return facts.program && !/\.so(?:\.|$)|\.dylib$/.test(file.name);
  if (!facts.isDll && !/\.dll$/i.test(file.name)) return true;
  // `dotnet NAME.dll`: a publish without a native host.
  const config = deployment.files.inFolder(file.folder, `${withoutExtension(file.name)}.runtimeconfig.json`);
  return config !== undefined && facts.kind === 'managed' && !hasHost(deployment, file);
}

/** The native program that starts the assembly is the root instead. */
const hasHost = (deployment: Deployment, { folder, name }: DeployedFile): boolean => {
  const base = withoutExtension(name);
  return deployment.files.inFolder(folder, `${base}.exe`) !== undefined || deployment.files.inFolder(folder, base) !== undefined;
};

/** The names of all files that some other file imports, refers to or calls. */
function neededNames(deployment: Deployment, files: readonly DeployedFile[]): ReadonlySet<string> {
  const needed = new Set<string>();
  for (const file of files) {
    const image = deployment.image(file);
    const own = file.name.toLowerCase();
    const add = (name: string): void => {
      if (name.toLowerCase() !== own) needed.add(name.toLowerCase());
    };
    for (const { module } of image?.imports ?? []) add(module);
    for (const { identity } of image?.managed?.references ?? []) add(`${identity.name}.dll`);
    for (const { library } of image?.managed?.pinvokes ?? []) for (const name of [library, `${library}.dll`]) add(name);
  }
  return needed;
}
