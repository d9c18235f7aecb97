// The C header of a boundary, compiled where a compiler is installed.
import { Assembly } from '@ijw/assembly';
import { UnsupportedError } from '@ijw/binary';
import { buildMixedImage } from '@ijw/fixtures';
import { cStubs, readNativeBoundary, STUB_TARGETS, structsOf } from '@ijw/interop/stubs';
import { structLayout } from '@ijw/marshalling';
import { Metadata, typeDefinitions } from '@ijw/metadata';
import { TypeSizes } from '@ijw/metadata/layout';
import { PEImage } from '@ijw/pe';
import { describe, expect, it } from 'vitest';
import { compile, has, withFiles } from '../fixtures/compiler.ts';
import { edgeNativeClr } from '../fixtures/edge-js.ts';
import { assemblyOf, interopTest } from '../fixtures/interop-assembly.ts';
import { nativeAssembly } from '../fixtures/native-assembly.ts';

const boundaryOf = (bytes: Uint8Array) => readNativeBoundary(Assembly.of(PEImage.parse(bytes)));

const mixed = () => buildMixedImage({ architecture: 'x64', records: [{ type: 6, slots: ['Add', 'Twice'] }], host: 'mscoree.dll' }).bytes;

const images: readonly (readonly [string, () => Uint8Array])[] = [
  ['an assembly with P/Invokes of many kinds', () => nativeAssembly()],
  ['names that C cannot take', () => nativeAssembly({ hostile: true })],
  ['a mixed-mode image', mixed],
  ['edge-js on x64', () => edgeNativeClr('x64')],
  ['edge-js on x86', () => edgeNativeClr('ia32')],
  ['edge-js on arm64', () => edgeNativeClr('arm64')],
];

describe('the C header of a boundary', () => {
  it('has the native prototypes', () => {
    const { text } = cStubs(boundaryOf(nativeAssembly())).files[0]!;
    const lines = text.split('\n').filter((line) => /^(?:extern|typedef) .*IJW_/.test(line));
    expect(lines).toEqual([
      'extern int32_t IJW_CDECL Add(int32_t p0, int64_t p1);',
      'extern ijw_char16 *IJW_STDCALL Name(ijw_char16 *p0, int32_t p1, ijw_char16 p2);',
      'extern int32_t IJW_STDCALL Fill(char *p0, char **p1, int32_t *p2, int32_t *p3);',
      'extern int32_t IJW_STDCALL Open(uint8_t *p0, int32_t *result);',
      'extern N_Union IJW_CDECL Move(N_Point p0, char p1, intptr_t p2);',
      'extern void IJW_CDECL Print(ijw_char16 *p0);',
      'typedef void IJW_CDECL Add_2(void);',
    ]);
    expect(text).toContain('IJW_ASSERT(sizeof(N_Point) == IJW_BY_POINTER(32, 24), "size of N_Point");');
    expect(text).toContain('IJW_ASSERT(offsetof(N_Union, u2) == 6, "N_Union.u2");');
  });

  it('says which functions it cannot express', () => {
    const { refusals, files } = cStubs(boundaryOf(nativeAssembly()));
    expect(refusals).toEqual([
      {
        token: 0x06000008,
        method: 'N.Functions::Elsewhere',
        reason: 'Other.Structure is defined in another assembly; its size is not known',
      },
    ]);
    expect(files[0]!.text).toContain('/* not expressible: N.Functions::Elsewhere');
  });

  it('has both directions of a mixed-mode image', () => {
    const { entries, files } = cStubs(boundaryOf(mixed()));
    expect(entries.map(({ symbol }) => symbol)).toEqual(['NativeAdd', 'Tick', 'Add_0', 'Twice']);
    expect(files[0]!.text).toMatch(/Called by managed code[\s\S]*NativeAdd\([\s\S]*Called by native code[\s\S]*Twice\(/);
  });

  it.skipIf(!has('gcc') || !has('g++')).each(images)('compiles with gcc and g++ for %s (skipped without gcc and g++)', (_name, bytes) => {
    const { files } = cStubs(boundaryOf(bytes()));
    withFiles(files, (folder) => {
      const { path } = files[0]!;
      expect(path).toMatch(/^[\w.-]+\.h$/);
      expect(compile('gcc', ['-std=c11', '-Wall', '-Werror', '-fsyntax-only', '-x', 'c', path], folder)).toBe('');
      expect(compile('g++', ['-std=c++11', '-fsyntax-only', '-x', 'c++', path], folder)).toBe('');
    });
  });

  it('gives structures the size that the runtime gives them', () => {
    for (const architecture of ['x64', 'ia32'] as const) {
      const image = PEImage.parse(edgeNativeClr(architecture));
      const metadata = Metadata.of(image)!;
      const sizes = new TypeSizes(metadata, { pointerSize: image.pointerSize });
      const tokens = new Map([...typeDefinitions(metadata)].map((type) => [type.fullName, type.token]));
      const structs = structsOf(readNativeBoundary(Assembly.of(image)).crossings).filter(({ fields }) => fields);
      const compared = structs.flatMap((struct) => (tokens.has(struct.fullName) ? [struct] : []));
      expect(compared.length).toBeGreaterThan(5);
      expect(compared.map((struct) => [struct.fullName, structLayout(struct, image.pointerSize).size])).toEqual(
        compared.map(({ fullName }) => [fullName, sizes.ofDefinition(tokens.get(fullName)!)!.size]),
      );
    }
  });

  it('is refused for an image without natives, and for metadata alone', () => {
    const target = STUB_TARGETS.get('c')!;
    expect(() => target.generate({ assembly: assemblyOf(interopTest) })).toThrow(UnsupportedError);
    expect(() => cStubs({ module: 'M', pointerSize: 8, crossings: [], refused: [] })).toThrow('nothing to generate');
  });
});
