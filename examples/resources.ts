// The resources of an assembly, and the entries of each .resources file.
import { readFileSync } from 'node:fs';
import { Assembly } from '@ijw/assembly';
import { embeddedResource, isResourcesFile, manifestResources, readResource, readResourcesFile } from '@ijw/metadata/resources';

const [file = ''] = process.argv.slice(2);
const assembly = await Assembly.open(readFileSync(file));
for (const resource of manifestResources(assembly.requireMetadata())) {
  const bytes = embeddedResource(assembly.requireImage(), resource);
  console.log(`${resource.name}: ${bytes === undefined ? resource.location.kind : `${bytes.length} bytes`}`);
  if (bytes === undefined || !isResourcesFile(bytes)) continue;
  const content = readResourcesFile(bytes);
  for (const entry of content.entries) console.log(`  ${entry.name}`, readResource(content, entry));
}
