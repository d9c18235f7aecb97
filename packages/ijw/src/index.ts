export { Assembly } from './assembly.ts';
export { BadImageError } from './binary.ts';
export { lintModule } from './interop-lint.ts';
export { Loader } from './loader.ts';
export { Metadata } from './metadata.ts';
export { PEImage } from './pe.ts';
export { Boundary } from './vtfixup.ts';
