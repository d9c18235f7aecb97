/** The floors of the house, from the ground up. A package imports only from floors below its own; those of one floor do not import each other. */
export const FLOORS: readonly (readonly string[])[] = [
  ['binary'],
  ['pe', 'demangle'],
  ['metadata', 'machine'],
  ['il', 'marshalling'],
  ['vtfixup', 'symbols', 'nano'],
  ['assembly', 'windows'],
  ['interop', 'loader', 'win32'],
  ['deployment', 'runtime'],
  ['scan'],
  ['cli', 'viewer', 'ijw'],
];
