import { interopChecksum } from '@ijw/interop/tinyclr';
import type { MethodDefToken, TypeDefToken } from '@ijw/metadata';
import type { SampleCase } from './sample-case.ts';
import { code, INT, NATIVE_INT, type SampleModule } from './sample-module.ts';

const SERVICES = 'System.Runtime.InteropServices';
const INTERFACE = 0xa1;
const IMPORTED = 0x10a1;
const ABSTRACT = 0x5c6;

const returns = () => code().emit('ret');
const disablesMarshalling = (module: SampleModule) =>
  module.attribute(module.assembly, 'System.Runtime.CompilerServices.DisableRuntimeMarshallingAttribute');

function sizeOf(module: SampleModule, type: string): void {
  disablesMarshalling(module);
  module.type('Program');
  module.method('Use', {
    code: code()
      .emit('call', module.external(type, 'SizeOf', [], INT))
      .emit('pop')
      .emit('ret'),
  });
}

const implementation = (module: SampleModule, type: TypeDefToken) =>
  module.attribute(type, `${SERVICES}.DynamicInterfaceCastableImplementationAttribute`);

/** IGreet { Hello } and IGreetImpl : IGreet, with or without a body for Hello. */
function greets(module: SampleModule, hasBody: boolean, more?: (module: SampleModule) => void): void {
  const greet = module.type('IGreet', '', INTERFACE);
  const hello = module.method('Hello', { flags: ABSTRACT });
  const type = module.type('IGreetImpl', '', INTERFACE);
  module.implement(type, greet);
  implementation(module, type);
  if (hasBody) {
    const body = module.method('IGreet.Hello', { flags: 0x1e1 & ~0x100, code: returns() });
    module.builder.add('MethodImpl', { Class: type, MethodBody: body, MethodDeclaration: hello });
  }
  more?.(module);
}

function decidesByField(module: SampleModule, opcode: 'ldfld' | 'ldsfld'): void {
  const type = module.type('Castable');
  module.implement(type, module.reference(`${SERVICES}.IDynamicInterfaceCastable`));
  const field = module.field('implementation', INT);
  const body = opcode === 'ldfld' ? code().emit('ldarg.0').emit('ldfld', field) : code().emit('ldsfld', field);
  module.method('GetInterfaceImplementation', { flags: 0x1c6, returns: INT, code: body.emit('ret') });
}

function classInterface(module: SampleModule, kind: number): void {
  module.attribute(module.type('Server'), `${SERVICES}.ClassInterfaceAttribute`, [kind]);
}

function internalCall(module: SampleModule, name = 'Read', parameters = [INT]): MethodDefToken {
  return module.method(name, { implFlags: 0x1000, parameters });
}

/** The interop table of `pin`: one type with one native method. */
const interopTable = {
  assembly: 'sample',
  checksum: interopChecksum('sample', [{ className: 'Device_Pin', methodName: 'Read___STATIC___VOID__I4' }]),
  slots: ['Interop_sample_Device_Pin::Read___STATIC___VOID__I4'],
};

const pin = (module: SampleModule) => {
  module.type('Device.Pin');
  internalCall(module);
};

export const comAndDeviceCases: readonly SampleCase[] = [
  { rule: 'NI051', finds: (module) => sizeOf(module, `${SERVICES}.Marshal`), passes: (module) => sizeOf(module, 'System.Buffers.Marshal') },
  {
    rule: 'NI055',
    finds: (module) => implementation(module, module.type('Greeting')),
    passes: (module) => implementation(module, module.type('IGreeting', '', INTERFACE)),
  },
  { rule: 'NI056', finds: (module) => greets(module, false), passes: (module) => greets(module, true) },
  {
    rule: 'NI057',
    finds: (module) => greets(module, true, () => module.method('More', { flags: 0x1c6, code: returns() })),
    passes: (module) => greets(module, true, () => module.method('More', { flags: 0x16, code: returns() })),
  },
  { rule: 'NI058', finds: (module) => decidesByField(module, 'ldfld'), passes: (module) => decidesByField(module, 'ldsfld') },
  {
    rule: 'NI060',
    finds: (module) => {
      module.type('IStream', '', IMPORTED);
    },
    passes: (module) =>
      module.attribute(module.type('IStream', '', IMPORTED), `${SERVICES}.GuidAttribute`, ['0000000c-0000-0000-C000-000000000046']),
  },
  { rule: 'NI061', finds: (module) => classInterface(module, 2), passes: (module) => classInterface(module, 0) },
  {
    rule: 'NI080',
    options: { interopTable },
    finds: (module) => {
      module.type('Device.Pin');
      internalCall(module, 'Read', [NATIVE_INT]);
    },
    passes: pin,
  },
  {
    rule: 'NI081',
    finds(module) {
      module.type('A.B_C');
      internalCall(module);
      module.type('A_B.C');
      internalCall(module);
    },
    passes(module) {
      module.type('A.B_C');
      internalCall(module);
      module.type('A_B.C');
      internalCall(module, 'Write');
    },
  },
  {
    rule: 'NI082',
    finds: (module) => {
      module.type('Device.Pin');
      internalCall(module);
    },
    passes: (module) => {
      module.type('Device.Pin', '', IMPORTED);
      internalCall(module, '.ctor');
    },
  },
  {
    rule: 'NI082',
    options: { registrations: [{ signature: 'Device.Pin::Read(System.Int32)' }] },
    finds: (module) => {
      module.type('Device.Pin');
      internalCall(module, 'Read', [NATIVE_INT]);
    },
    passes: pin,
  },
  {
    rule: 'NI085',
    options: { registrations: [{ signature: 'Device.Pin::Read(System.Int32)' }] },
    finds: (module) => {
      module.type('Device.Pin');
      internalCall(module, 'Write');
    },
    passes: pin,
  },
  {
    rule: 'NI086',
    options: { registrations: [{ signature: 'Device.Pin::Read' }] },
    finds: (module) => {
      module.type('Device.Pin');
      internalCall(module);
      internalCall(module, 'Read', [NATIVE_INT]);
    },
    passes: pin,
  },
  {
    rule: 'NI085',
    options: { registrations: [{ kind: 'pinvoke', signature: 'Device.Pin::Read(System.Int32)' }] },
    finds: pin,
    passes: (module) => {
      module.type('Device.Pin');
      module.platformInvoke('Read', { parameters: [INT] });
    },
  },
  {
    rule: 'NI085',
    options: { registrations: [{ signature: '[sample]Device.Pin::Read(System.Int32)' }] },
    finds: pin,
    passes: (module) => {
      module.type('Device.Pin');
      module.platformInvoke('Read', { parameters: [INT] });
    },
  },
  {
    rule: 'NI087',
    options: { registrations: [{ signature: 'Device.Pin::Read' }, { signature: 'Device.Pin::Read' }] },
    passOptions: { registrations: [{ signature: 'Device.Pin::Read' }, { signature: 'Device.Pin::Read(System.Int32)' }] },
    finds: pin,
    passes: pin,
  },
];
