import { makeToken, TableId } from '@ijw/metadata';
import type { SampleCase } from './sample-case.ts';
import { BOOL, byReference, classType, code, INT, NATIVE_INT, type SampleModule, STRING, VOID, valueType } from './sample-module.ts';

const SERVICES = 'System.Runtime.InteropServices';
const nativeMethods = (module: SampleModule) => module.type('NativeMethods');
const stringBuilder = (module: SampleModule) => classType(module.reference('System.Text.StringBuilder'));
const marshal = (module: SampleModule, name: string) => module.external(`${SERVICES}.Marshal`, name, [], INT);
const targetFramework = (module: SampleModule, framework: string) =>
  module.attribute(module.assembly, 'System.Runtime.Versioning.TargetFrameworkAttribute', [framework]);

/** `import(); [between]; Marshal.GetLastWin32Error()`. */
function asksForError(module: SampleModule, setsLastError: boolean, between?: string): void {
  nativeMethods(module);
  const imported = module.platformInvoke('Close', { mapping: setsLastError ? 0x145 : 0x105 });
  const ask = marshal(module, 'GetLastWin32Error');
  const body = code().emit('call', imported);
  if (between !== undefined) body.emit('call', module.external('System.Console', between));
  module.method('Use', { code: body.emit('call', ask).emit('pop').emit('ret') });
}

export const platformInvokeCases: readonly SampleCase[] = [
  {
    rule: 'NI001',
    finds: (module) => {
      nativeMethods(module);
      module.platformInvoke('Beep', { flags: 0x2016 });
    },
    passes: (module) => {
      module.type('NativeMethods', 'System.Object', 0);
      module.platformInvoke('Beep', { flags: 0x2016 });
    },
  },
  {
    rule: 'NI002',
    finds: (module) => {
      nativeMethods(module);
      module.platformInvoke('Open', { parameters: [STRING], mapping: 0x101 });
    },
    passes: (module) => {
      nativeMethods(module);
      module.platformInvoke('Open', { parameters: [STRING], mapping: 0x105 });
    },
  },
  {
    rule: 'NI003',
    finds: (module) => {
      nativeMethods(module);
      module.platformInvoke('Path', { parameters: [stringBuilder(module)] });
    },
    passes: (module) => {
      nativeMethods(module);
      module.platformInvoke('Path', { parameters: [STRING] });
    },
  },
  {
    rule: 'NI004',
    finds: (module) => {
      nativeMethods(module);
      module.platformInvoke('Get', { parameters: [{ type: STRING, flags: 2 }] });
    },
    passes: (module) => {
      nativeMethods(module);
      module.platformInvoke('Get', { parameters: [{ type: byReference(STRING), flags: 2 }] });
    },
  },
  {
    rule: 'NI005',
    finds: (module) => {
      nativeMethods(module);
      module.platformInvoke('Beep');
    },
    passes: (module) => {
      nativeMethods(module);
      module.attribute(module.platformInvoke('Beep'), `${SERVICES}.DefaultDllImportSearchPathsAttribute`, [0x800]);
    },
  },
  {
    rule: 'NI006',
    finds: (module) => module.attribute(module.assembly, `${SERVICES}.DefaultDllImportSearchPathsAttribute`, [0x802]),
    passes: (module) => module.attribute(module.assembly, `${SERVICES}.DefaultDllImportSearchPathsAttribute`, [0x800]),
  },
  {
    rule: 'NI007',
    finds: (module) => {
      nativeMethods(module);
      module.platformInvoke('Is', { parameters: [BOOL] });
    },
    passes: (module) => {
      nativeMethods(module);
      module.platformInvoke('Is', { parameters: [{ type: BOOL, marshalling: Uint8Array.of(4) }] });
    },
  },
  { rule: 'NI008', finds: (module) => asksForError(module, false), passes: (module) => asksForError(module, true) },
  { rule: 'NI009', finds: (module) => asksForError(module, true, 'Beep'), passes: (module) => asksForError(module, true, 'get_Title') },
  {
    rule: 'NI010',
    finds: (module) => {
      nativeMethods(module);
      module.platformInvoke('Start', { implFlags: 0 });
    },
    passes: (module) => {
      nativeMethods(module);
      module.platformInvoke('Start', { implFlags: 0, returns: INT });
    },
  },
  {
    rule: 'NI011',
    finds: (module) => {
      nativeMethods(module);
      module.platformInvoke('Copy', { generic: 1 });
    },
    passes: (module) => {
      nativeMethods(module);
      module.platformInvoke('Copy');
    },
  },
  {
    rule: 'NI012',
    finds: (module) => {
      const generic = classType(module.reference('System.Action`1'));
      nativeMethods(module);
      module.platformInvoke('Each', { parameters: [{ kind: 'genericInstance', generic, arguments: [INT] }] });
    },
    passes: (module) => {
      const generic = valueType(module.reference('System.Numerics.Vector`1'));
      nativeMethods(module);
      module.platformInvoke('Each', { parameters: [{ kind: 'genericInstance', generic, arguments: [INT] }] });
    },
  },
  {
    rule: 'NI013',
    finds: (module) => {
      const point = module.structure('Point', [INT], 0x1);
      nativeMethods(module);
      module.platformInvoke('Draw', { parameters: [valueType(point)] });
    },
    passes: (module) => {
      const point = module.structure('Point', [INT], 0x9);
      nativeMethods(module);
      module.platformInvoke('Draw', { parameters: [valueType(point)] });
    },
  },
  {
    rule: 'NI014',
    finds: (module) => {
      nativeMethods(module);
      module.platformInvoke('CreateEvent', { returns: NATIVE_INT });
    },
    passes: (module) => {
      const handle = classType(module.reference('Microsoft.Win32.SafeHandles.SafeWaitHandle'));
      nativeMethods(module);
      module.platformInvoke('CreateEvent', { returns: handle });
    },
  },
  {
    rule: 'NI015',
    finds: (module) => {
      module.type('PipeHandle', `${SERVICES}.SafeHandle`);
      module.method('.ctor', { flags: 0x1806, parameters: [INT], code: code().emit('ret') });
    },
    passes: (module) => {
      module.type('PipeHandle', `${SERVICES}.SafeHandle`);
      module.method('.ctor', { flags: 0x1806, code: code().emit('ret') });
    },
  },
  {
    rule: 'NI016',
    options: { nativeLibrary: (name) => (name === 'native' ? { names: ['OpenW', 'Close'], ordinals: [1, 2] } : undefined) },
    finds: (module) => {
      nativeMethods(module);
      module.platformInvoke('Open', { mapping: 0x105 });
    },
    passes: (module) => {
      nativeMethods(module);
      module.platformInvoke('Open', { mapping: 0x104 });
    },
  },
  {
    rule: 'NI017',
    finds: (module) => {
      nativeMethods(module);
      module.platformInvoke('dlopen', { library: 'libdl.so.2' });
    },
    passes: (module) => {
      nativeMethods(module);
      module.platformInvoke('dlopen', { library: 'libdl' });
    },
  },
  {
    rule: 'NI018',
    options: { nativeLibrary: () => ({ names: ['_Add@8'], ordinals: [1] }) },
    finds: (module) => {
      nativeMethods(module);
      module.platformInvoke('Add', { parameters: [INT] });
    },
    passes: (module) => {
      nativeMethods(module);
      module.platformInvoke('Add', { parameters: [INT, INT] });
    },
  },
  {
    rule: 'NI025',
    options: { nativeLibrary: (name) => (name === 'native' ? { names: ['Add'], ordinals: [1] } : { problem: 'is not in the folder lib' }) },
    finds: (module) => {
      nativeMethods(module);
      module.platformInvoke('Add', { library: 'missing.dll' });
    },
    passes: (module) => {
      nativeMethods(module);
      module.platformInvoke('Add');
      module.platformInvoke('MessageBoxW', { library: 'USER32.dll' });
      module.platformInvoke('memcpy', { library: 'api-ms-win-crt-private-l1-1-0' });
    },
  },
  {
    rule: 'NI019',
    finds: (module) => {
      module.type('Program');
      module.platformInvoke('Beep');
    },
    passes: (module) => {
      module.type('SafeNativeMethods');
      module.platformInvoke('Beep');
    },
  },
  {
    rule: 'NI020',
    finds(module) {
      targetFramework(module, '.NETCoreApp,Version=v8.0');
      nativeMethods(module);
      module.platformInvoke('Beep');
    },
    passes(module) {
      targetFramework(module, '.NETCoreApp,Version=v6.0');
      nativeMethods(module);
      module.platformInvoke('Beep');
    },
  },
  {
    rule: 'NI021',
    finds: (module) => {
      nativeMethods(module);
      module.platformInvoke('Open', { parameters: [STRING], mapping: 0x112 });
    },
    passes: (module) => {
      nativeMethods(module);
      module.platformInvoke('Open', { parameters: [STRING], mapping: 0x1112 });
    },
  },
  {
    rule: 'NI022',
    finds: (module) => {
      nativeMethods(module);
      module.method('Lost', { flags: 0x2013 });
    },
    passes: (module) => {
      nativeMethods(module);
      module.platformInvoke('Found');
    },
  },
  {
    rule: 'NI022',
    finds(module) {
      nativeMethods(module);
      module.platformInvoke('Plain', { flags: 0x13 });
    },
    passes: (module) => {
      nativeMethods(module);
      module.platformInvoke('Plain', { flags: 0x2013 });
    },
  },
  {
    rule: 'NI023',
    finds: (module) => {
      nativeMethods(module);
      module.platformInvoke('Beep', { flags: 0x2003 });
    },
    passes: (module) => {
      nativeMethods(module);
      module.platformInvoke('Beep', { flags: 0x2013 });
    },
  },
  {
    rule: 'NI024',
    finds: (module) => {
      nativeMethods(module);
      module.platformInvoke('printf', { header: 5, parameters: [INT] });
    },
    passes: (module) => {
      nativeMethods(module);
      module.platformInvoke('printf', { header: 0, parameters: [INT], returns: VOID });
    },
  },
  {
    rule: 'NI050',
    finds(module) {
      module.attribute(module.assembly, 'System.Runtime.CompilerServices.DisableRuntimeMarshallingAttribute');
      nativeMethods(module);
      module.platformInvoke('Open', { parameters: [STRING] });
    },
    passes(module) {
      module.attribute(module.assembly, 'System.Runtime.CompilerServices.DisableRuntimeMarshallingAttribute');
      nativeMethods(module);
      module.platformInvoke('Open', { parameters: [BOOL] });
    },
  },
  {
    rule: 'NI062',
    finds: (module) => {
      nativeMethods(module);
      module.platformInvoke('Bind', {
        parameters: [{ type: classType(makeToken(TableId.TypeDef, 1)), marshalling: Uint8Array.of(0x1c) }],
      });
    },
    passes: (module) => {
      nativeMethods(module);
      module.platformInvoke('Bind', { parameters: [NATIVE_INT] });
    },
  },
];
