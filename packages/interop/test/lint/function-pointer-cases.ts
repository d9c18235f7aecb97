import type { MethodDefToken, Token } from '@ijw/metadata';
import type { SampleCase } from './sample-case.ts';
import { BOOL, code, functionPointer, INT, NATIVE_INT, OBJECT, pointer, type SampleModule, STRING, VOID } from './sample-module.ts';

const SERVICES = 'System.Runtime.InteropServices';
const COMPILER = 'System.Runtime.CompilerServices';
const CALL_CONV = (name: string) => `${COMPILER}.CallConv${name}`;

function entry(module: SampleModule, method: MethodDefToken, conventions: readonly string[] = [], entryPoint?: string): MethodDefToken {
  module.attribute(method, `${SERVICES}.UnmanagedCallersOnlyAttribute`, [], {
    ...(conventions.length > 0 && { CallConvs: conventions.map(CALL_CONV) }),
    ...(entryPoint !== undefined && { EntryPoint: entryPoint }),
  });
  return method;
}

const returns = () => code().emit('ret');
const callbacks = (module: SampleModule) => module.type('Callbacks');
const twice = (module: SampleModule) =>
  module.method('Twice', { parameters: [INT], returns: INT, code: code().emit('ldarg.0').emit('dup').emit('add').emit('ret') });

function usesEntry(module: SampleModule, isEntry: boolean, use: (method: Token) => ReturnType<typeof code>): void {
  callbacks(module);
  const method = module.method('Called', { code: returns() });
  if (isEntry) entry(module, method);
  module.method('Use', { code: use(method) });
}

const makesDelegate = (module: SampleModule) => (method: Token) =>
  code()
    .emit('ldnull')
    .emit('ldftn', method)
    .emit('newobj', module.external('System.Action', '.ctor', [OBJECT, NATIVE_INT], VOID, 0x20))
    .emit('pop')
    .emit('ret');

/** `ldftn Twice; calli` by way of a local. */
function callsAddress(module: SampleModule, header: number): void {
  callbacks(module);
  const method = twice(module);
  const signature = module.call(header);
  const body = code().emit('ldftn', method).emit('stloc.0').emit('ldc.i4.2').emit('ldloc.0').emit('calli', signature).emit('pop');
  module.method('Use', { code: body.emit('ret'), locals: [NATIVE_INT] });
}

function throwsInEntry(module: SampleModule, catches: boolean): void {
  callbacks(module);
  const body = code();
  const [start, handler, end] = [body.label(), body.label(), body.label()];
  body.mark(start).emit('ldnull').emit('throw').mark(handler).emit('pop').emit('leave.s', end).mark(end).emit('ret');
  if (catches)
    body.clause({ kind: 'catch', try: [start, handler], handler: [handler, end], classToken: module.reference('System.Exception') });
  entry(module, module.method('Called', { code: body }));
}

function passesDelegate(module: SampleModule, keeps: boolean): void {
  callbacks(module);
  const method = module.method('Called', { code: returns() });
  const field = module.field('kept', OBJECT);
  const makeDelegate = module.external('System.Action', '.ctor', [OBJECT, NATIVE_INT], VOID, 0x20);
  const convert = module.external(`${SERVICES}.Marshal`, 'GetFunctionPointerForDelegate', [OBJECT], NATIVE_INT);
  const body = code().emit('ldnull').emit('ldftn', method).emit('newobj', makeDelegate);
  if (keeps) body.emit('dup').emit('stsfld', field);
  module.method('Use', { code: body.emit('call', convert).emit('pop').emit('ret') });
}

function suppressed(module: SampleModule, parameters: Parameters<SampleModule['platformInvoke']>[1] = {}): void {
  module.type('NativeMethods');
  module.attribute(module.platformInvoke('Tick', parameters), `${SERVICES}.SuppressGCTransitionAttribute`);
}

export const functionPointerCases: readonly SampleCase[] = [
  {
    rule: 'NI030',
    finds: (module) => {
      callbacks(module);
      entry(module, module.method('Called', { flags: 0x6, code: returns() }));
    },
    passes: (module) => {
      callbacks(module);
      entry(module, module.method('Called', { code: returns() }));
    },
  },
  {
    rule: 'NI031',
    finds: (module) => {
      callbacks(module);
      entry(module, module.method('Called', { generic: 1, code: returns() }));
    },
    passes: (module) => {
      callbacks(module);
      entry(module, module.method('Called', { code: returns() }));
    },
  },
  {
    rule: 'NI032',
    finds: (module) => {
      callbacks(module);
      entry(module, module.method('Called', { parameters: [BOOL], code: returns() }));
    },
    passes: (module) => {
      callbacks(module);
      entry(module, module.method('Called', { parameters: [pointer(BOOL)], code: returns() }));
    },
  },
  {
    rule: 'NI033',
    finds: (module) => usesEntry(module, true, (method) => code().emit('call', method).emit('ret')),
    passes: (module) => usesEntry(module, true, (method) => code().emit('ldftn', method).emit('pop').emit('ret')),
  },
  {
    rule: 'NI034',
    finds: (module) => usesEntry(module, true, makesDelegate(module)),
    passes: (module) => usesEntry(module, false, makesDelegate(module)),
  },
  {
    rule: 'NI035',
    finds: (module) => {
      callbacks(module);
      entry(module, module.platformInvoke('Beep'));
    },
    passes: (module) => {
      callbacks(module);
      module.platformInvoke('Beep');
      entry(module, module.method('Called', { code: returns() }));
    },
  },
  {
    rule: 'NI036',
    finds: (module) => {
      callbacks(module);
      entry(module, module.method('Called', { code: returns() }), ['Cdecl', 'Stdcall']);
    },
    passes: (module) => {
      callbacks(module);
      entry(module, module.method('Called', { code: returns() }), ['Cdecl', 'MemberFunction']);
    },
  },
  {
    rule: 'NI037',
    finds: (module) => {
      callbacks(module);
      entry(module, module.method('Called', { code: returns() }), ['Pascal']);
    },
    passes: (module) => {
      callbacks(module);
      entry(module, module.method('Called', { code: returns() }), ['Swift']);
    },
  },
  {
    rule: 'NI038',
    finds(module) {
      callbacks(module);
      module.method('Take', { parameters: [functionPointer(1, [module.reference(CALL_CONV('SuppressGCTransition'))])], code: returns() });
    },
    passes(module) {
      callbacks(module);
      module.method('Take', { parameters: [functionPointer(9, [module.reference(CALL_CONV('SuppressGCTransition'))])], code: returns() });
    },
  },
  { rule: 'NI039', finds: (module) => callsAddress(module, 1), passes: (module) => callsAddress(module, 0) },
  {
    rule: 'NI040',
    finds(module) {
      callbacks(module);
      for (const name of ['One', 'Two']) entry(module, module.method(name, { code: returns() }), [], 'called');
    },
    passes(module) {
      callbacks(module);
      for (const name of ['One', 'Two']) entry(module, module.method(name, { code: returns() }), [], name);
    },
  },
  { rule: 'NI041', finds: (module) => throwsInEntry(module, false), passes: (module) => throwsInEntry(module, true) },
  {
    rule: 'NI045',
    finds(module) {
      callbacks(module);
      module.attribute(module.method('Plain', { code: returns() }), `${SERVICES}.SuppressGCTransitionAttribute`);
    },
    passes: (module) => suppressed(module),
  },
  {
    rule: 'NI046',
    finds: (module) => suppressed(module, { parameters: [functionPointer(9)] }),
    passes: (module) => suppressed(module, { parameters: [pointer(INT)] }),
  },
  {
    rule: 'NI047',
    finds: (module) => suppressed(module, { parameters: [STRING] }),
    passes: (module) => suppressed(module, { parameters: [INT] }),
  },
  { rule: 'NI048', finds: (module) => passesDelegate(module, false), passes: (module) => passesDelegate(module, true) },
];
