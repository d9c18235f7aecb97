// Windows Runtime metadata: versions, types, references.
import { Assembly } from '@ijw/assembly';
import { isWindowsRuntimeVersion, projectedTypes, readInteropInventory } from '@ijw/interop';
import { Metadata } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { describe, expect, it } from 'vitest';

const CONTENT_WINDOWS_RUNTIME = 0x0200;

/** A component with one type, which refers to types of Windows. */
function component(version: string, flags = CONTENT_WINDOWS_RUNTIME): Assembly {
  const builder = new MetadataBuilder();
  builder.add('Module', { Name: 'Component.winmd', Mvid: '00000000-0000-0000-0000-000000000001' });
  builder.add('Assembly', { Name: 'Component', Flags: flags, HashAlgId: 0x8004 });
  const windows = builder.add('AssemblyRef', { Name: 'Windows.Foundation', Flags: flags, Major: 255 });
  builder.add('TypeRef', { ResolutionScope: windows, Namespace: 'Windows.Foundation', Name: 'Uri' });
  builder.add('TypeRef', { ResolutionScope: windows, Namespace: 'Windows.Foundation', Name: 'IStringable' });
  builder.add('TypeDef', { Name: '<Module>' });
  builder.add('TypeDef', { Namespace: 'Component', Name: 'Widget', Flags: 0x4101 });
  return Assembly.of(Metadata.parse(builder.build({ version })));
}

describe('Windows Runtime metadata', () => {
  it('is recognised by the version of its root, its types and references are listed', () => {
    const { windowsRuntime } = readInteropInventory(component('WindowsRuntime 1.4'));
    expect(windowsRuntime).toEqual({
      isWinmd: true,
      types: [{ token: 0x02000002, type: 'Component.Widget' }],
      references: ['Windows.Foundation.Uri', 'Windows.Foundation.IStringable'],
      projected: [{ windows: 'Windows.Foundation.Uri', dotnet: 'System.Uri' }],
      projections: [],
    });
  });

  it('is told from metadata that only looks like it', () => {
    expect(isWindowsRuntimeVersion('WindowsRuntime 1.4;CLR v4.0.30319')).toBe(true);
    expect(isWindowsRuntimeVersion('v4.0.30319')).toBe(false);
    const { windowsRuntime } = readInteropInventory(component('v4.0.30319', 0));
    expect(windowsRuntime).toMatchObject({ isWinmd: false, references: [], projected: [] });
  });

  it('has a .NET type for every projected one', () => {
    for (const [windows, dotnet] of projectedTypes) {
      expect(windows).toMatch(/^Windows\.[\w.`]+$/);
      expect(dotnet).toMatch(/^(System|Windows)\.[\w.`]+$/);
    }
  });
});
