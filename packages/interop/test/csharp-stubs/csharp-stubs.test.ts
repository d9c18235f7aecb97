// The C# of a boundary, compiled where a compiler is installed (skipped without the .NET SDK).
import { spawnSync } from 'node:child_process';
import { Assembly } from '@ijw/assembly';
import { buildMixedImage } from '@ijw/fixtures';
import { csharpStubs, readNativeBoundary } from '@ijw/interop/stubs';
import { PEImage } from '@ijw/pe';
import { describe, expect, it } from 'vitest';
import { compile, has, withFiles } from '../fixtures/compiler.ts';
import { edgeNativeClr } from '../fixtures/edge-js.ts';
import { nativeAssembly } from '../fixtures/native-assembly.ts';

const stubsOf = (bytes: Uint8Array) => csharpStubs(readNativeBoundary(Assembly.of(PEImage.parse(bytes))));

const textOf = (bytes: Uint8Array, part: string): string => stubsOf(bytes).files.find(({ path }) => path.endsWith(`.${part}.cs`))!.text;
/** The lines of a method, from its declaration to the closing brace. */
const methodOf = (text: string, name: string): string =>
  text.slice(text.indexOf(`public static`, text.indexOf(`::${name}\n`))).split('\n    }\n')[0]!;

describe('the C# of a boundary', () => {
  const native = textOf(nativeAssembly(), 'NativeMethods');

  it('declares blittable functions as they are', () => {
    expect(native).toContain(
      '    [LibraryImport("library.dll", EntryPoint = "Add")]\n' +
        '    [UnmanagedCallConv(CallConvs = new[] { typeof(CallConvCdecl) })]\n' +
        '    public static partial int Add(int p0, long p1);',
    );
  });

  it('writes out strings, characters, the last error and the string that comes back', () => {
    const name = methodOf(native, 'Name');
    expect(name).toContain('public static string Name(string p0, bool p1, char p2)');
    expect(native).toContain('// The runtime also looks for NameW; LibraryImport takes the name as it stands.');
    expect(name).toContain('native0 = (ushort*)Marshal.StringToCoTaskMemUni(p0);');
    expect(name).toContain('Name_Native(native0, (int)(p1 ? 1 : 0), (ushort)p2)');
    const steps = [
      'SetLastSystemError(0)',
      'Name_Native(',
      'SetLastPInvokeError(Marshal.GetLastSystemError())',
      'FreeCoTaskMem((nint)result)',
    ];
    const places = steps.map((step) => name.indexOf(step));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(0);
  });

  it('writes out buffers, references, and HRESULTs that are thrown', () => {
    const fill = methodOf(native, 'Fill');
    expect(fill).toContain('public static bool Fill(StringBuilder p0, ref string p1, ref bool p2, ref int p3)');
    expect(fill).toContain('fixed (int* native3 = &p3)');
    expect(fill).toContain('p2 = native2 != 0;');
    const open = methodOf(native, 'Open');
    expect(open).toContain('int hresult = Open_Native(native0, &result);');
    expect(open).toContain('Marshal.ThrowExceptionForHR(hresult);');
  });

  it('says what is not portable', () => {
    expect(native).toContain('// not portable: N.Functions::Elsewhere: Other.Structure is defined in another assembly');
  });

  it('lets native code in through UnmanagedCallersOnly, and calls native code of the image by pointer', () => {
    const bytes = buildMixedImage({ architecture: 'x64', records: [{ type: 6, slots: ['Add'] }], host: 'mscoree.dll' }).bytes;
    expect(textOf(bytes, 'ManagedEntries')).toContain('[UnmanagedCallersOnly(EntryPoint = "Add_0"');
    expect(textOf(bytes, 'NativeMethods')).toMatch(/public static delegate\* unmanaged.*<int, int, int> NativeAdd_Function;/);
    expect(textOf(bytes, 'NativeMethods')).toContain('[LibraryImport("KERNEL32.dll", EntryPoint = "GetTickCount")]');
  });

  const dotnet = spawnSync('dotnet', ['--version'], { encoding: 'utf8' });
  it.skipIf(!has('dotnet') || Number.parseInt(dotnet.stdout, 10) < 8)(
    'compiles with dotnet build (skipped without .NET 8 or later)',
    { timeout: 120_000 },
    () => {
      const version = Number.parseInt(dotnet.stdout, 10);
      const project = {
        path: 'stubs.csproj',
        text: `<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net${version}.0</TargetFramework><AllowUnsafeBlocks>true</AllowUnsafeBlocks>
<TreatWarningsAsErrors>true</TreatWarningsAsErrors><UseAppHost>false</UseAppHost></PropertyGroup></Project>`,
      };
      const sets = [stubsOf(nativeAssembly()), stubsOf(nativeAssembly({ hostile: true })), stubsOf(edgeNativeClr('x64'))];
      const mixed = stubsOf(buildMixedImage({ architecture: 'x86', records: [{ type: 5, slots: ['Add'] }] }).bytes);
      withFiles([project, ...[...sets, mixed].flatMap(({ files }) => files)], (folder) => {
        expect(compile('dotnet', ['build', '--nologo', '-v', 'q', '--disable-build-servers'], folder)).toBe('');
      });
    },
  );
});
