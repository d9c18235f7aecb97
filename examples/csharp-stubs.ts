// C# declarations of what crosses between managed and native code, without C++/CLI.
import { readFileSync } from 'node:fs';
import { Assembly } from '@ijw/assembly';
import { csharpStubs, readNativeBoundary } from '@ijw/interop/stubs';

const [file = ''] = process.argv.slice(2);
const assembly = await Assembly.open(readFileSync(file));
const boundary = readNativeBoundary(assembly);
const { files, entries, refusals } = csharpStubs(boundary);
for (const { path, text } of files) console.log(`// ${path}\n${text}`);
console.log(`${entries.length} methods, ${refusals.length} without a C# form`);
