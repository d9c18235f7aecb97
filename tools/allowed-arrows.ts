/** The floors of the house: what each package may import. A package imports only from floors below its own. */
export const ALLOWED_ARROWS: Readonly<Record<string, readonly string[]>> = {
  '@ijw/binary': [],
  '@ijw/demangle': [],
  '@ijw/pe': ['@ijw/binary'],
  '@ijw/machine': ['@ijw/binary'],
  '@ijw/metadata': ['@ijw/binary', '@ijw/pe'],
  '@ijw/il': ['@ijw/binary', '@ijw/pe', '@ijw/metadata', '@ijw/machine'],
  '@ijw/marshalling': ['@ijw/binary', '@ijw/pe', '@ijw/metadata'],
  '@ijw/vtfixup': ['@ijw/binary', '@ijw/pe', '@ijw/metadata', '@ijw/demangle', '@ijw/marshalling'],
  '@ijw/windows': ['@ijw/binary', '@ijw/pe', '@ijw/machine'],
  '@ijw/loader': ['@ijw/binary', '@ijw/pe', '@ijw/metadata', '@ijw/marshalling', '@ijw/il', '@ijw/vtfixup', '@ijw/machine', '@ijw/windows'],
  '@ijw/interop': [
    '@ijw/binary',
    '@ijw/pe',
    '@ijw/metadata',
    '@ijw/marshalling',
    '@ijw/demangle',
    '@ijw/il',
    '@ijw/vtfixup',
    '@ijw/machine',
    '@ijw/loader',
  ],
};
