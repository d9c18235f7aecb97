import { makeToken, TableId } from '@ijw/metadata';
import { encodeFieldSignature, encodeMethodSpec, encodeTypeSpec } from '@ijw/metadata/signatures';
import { INT, methodSignature, VOID } from '../il-image.ts';
import { type GoldenCases, NO_ARGUMENTS } from './golden-case.ts';

export const manifestCases: GoldenCases = {
  assembly: {
    fill: ({ builder }) => {
      builder.add('Assembly', {
        Name: 'Golden.Assembly',
        Major: 1,
        Minor: 2,
        Build: 3,
        Revision: 4,
        HashAlgId: 0x8004,
        Flags: 0x8101,
        PublicKey: Uint8Array.from({ length: 20 }, (_, index) => index),
        Culture: 'de-DE',
      });
    },
  },
  'assembly-extern': {
    fill: ({ builder }) => {
      builder.add('AssemblyRef', { Name: 'Twice', Major: 1, PublicKeyOrToken: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8) });
      const second = builder.add('AssemblyRef', {
        Name: 'Twice',
        Major: 2,
        Flags: 1,
        PublicKeyOrToken: Uint8Array.of(9),
        HashValue: Uint8Array.of(10),
        Culture: 'fr',
      });
      const type = builder.add('TypeRef', { ResolutionScope: second, Namespace: 'N', Name: 'T' });
      builder.add('TypeDef', { Name: 'C', Extends: type });
    },
  },
  'module-and-files': {
    fill: ({ builder }) => {
      builder.add('ModuleRef', { Name: 'native.dll' });
      const file = builder.add('File', { Name: 'part.netmodule', HashValue: Uint8Array.of(0xab, 0xcd) });
      builder.add('File', { Name: 'readme.txt', Flags: 1 });
      const outer = builder.add('ExportedType', {
        Flags: 1,
        TypeNamespace: 'N',
        TypeName: 'Outer',
        Implementation: file,
        TypeDefId: 0x02000003,
      });
      builder.add('ExportedType', { Flags: 2, TypeName: 'Inner', Implementation: outer });
      const other = builder.add('AssemblyRef', { Name: 'Other' });
      builder.add('ExportedType', { Flags: 0x200000, TypeNamespace: 'N', TypeName: 'Moved', Implementation: other });
      builder.add('ExportedType', { Flags: 0x200001, TypeNamespace: 'N', TypeName: 'Seen', Implementation: other });
    },
  },
  resources: {
    fill: ({ builder }) => {
      const file = builder.add('File', { Name: 'linked.bin', Flags: 1 });
      builder.add('ManifestResource', { Name: 'In.A.File', Flags: 1, Implementation: file, Offset: 16 });
      const other = builder.add('AssemblyRef', { Name: 'Other' });
      builder.add('ManifestResource', { Name: 'elsewhere', Flags: 2, Implementation: other });
    },
  },
  'embedded-resources': {
    fill: ({ builder }) => {
      builder.add('ManifestResource', { Name: 'Plain.txt', Flags: 1, Offset: 0 });
      builder.add('ManifestResource', { Name: 'plain.TXT', Flags: 2, Offset: 8 });
      builder.add('ManifestResource', { Name: 'a/b\u00e9.resources', Flags: 1, Offset: 0 });
      builder.add('ManifestResource', { Name: 'lost', Flags: 1, Offset: 0x1000 });
    },
    cli: { resources: { rva: 0x10000, size: 16 } },
    sections: [{ name: '.rsrc', rva: 0x10000, bytes: Uint8Array.of(2, 0, 0, 0, 0x68, 0x69, 0, 0, 3, 0, 0, 0, 1, 2, 3, 0) }],
  },
  'orphan-attributes': {
    fill: ({ builder, system }) => {
      const Signature = methodSignature(0, VOID);
      const Type = builder.add('MemberRef', {
        Class: system('System.MarkAttribute'),
        Name: '.ctor',
        Signature: methodSignature(0x20, VOID),
      });
      const spec = builder.add('TypeSpec', { Signature: encodeTypeSpec({ kind: 'szArray', element: INT }) });
      const method = builder.add('MemberRef', { Class: spec, Name: 'M', Signature });
      const generic = builder.add('MemberRef', { Class: spec, Name: 'G', Signature: methodSignature(0x10, VOID) });
      const type = builder.add('TypeDef', { Name: 'C', Flags: 1 });
      const parents = [
        system('System.Runtime.CompilerServices.AssemblyAttributesGoHere'),
        makeToken(TableId.TypeDef, 1),
        makeToken(TableId.AssemblyRef, 1),
        spec,
        method,
        builder.add('MemberRef', { Class: spec, Name: 'f', Signature: encodeFieldSignature(INT) }),
        builder.add('MethodSpec', { Method: generic, Instantiation: encodeMethodSpec([INT]) }),
        builder.add('ModuleRef', { Name: 'native.dll' }),
        builder.add('StandAloneSig', { Signature }),
        builder.add('DeclSecurity', { Action: 3, Parent: type, PermissionSet: Uint8Array.of(0x2e, 0) }),
      ];
      for (const Parent of parents) builder.add('CustomAttribute', { Parent, Type, Value: NO_ARGUMENTS });
    },
  },
  'image-headers': { fill: () => {}, cli: { flags: 3 } },
  'global-members': {
    fill: ({ builder, method }) => {
      builder.add('Field', { Name: 'counter', Flags: 0x16, Signature: Uint8Array.of(6, 8) });
      method('Main', (code) => code.emit('ret'));
    },
    cli: { entryPointTokenOrRva: 0x06000001 },
  },
  'core-library': {
    fill: ({ builder }) => {
      builder.add('TypeDef', { Namespace: 'System', Name: 'Object', Flags: 1 });
    },
  },
  'type-list': {
    fill: ({ system }) => {
      system('System.Unused');
      system('System.Unused2');
    },
    options: { strict: true },
  },
  'custom-attributes': {
    fill: ({ builder, system }) => {
      const type = system('System.MarkAttribute');
      const plain = builder.add('MemberRef', { Class: type, Name: '.ctor', Signature: methodSignature(0x20, VOID) });
      const valued = builder.add('MemberRef', { Class: type, Name: '.ctor', Signature: methodSignature(0x20, VOID, INT) });
      const target = builder.add('TypeDef', { Name: 'C', Flags: 1 });
      builder.add('CustomAttribute', { Parent: target, Type: plain, Value: NO_ARGUMENTS });
      builder.add('CustomAttribute', { Parent: target, Type: valued, Value: Uint8Array.of(1, 0, 42, 0, 0, 0, 0, 0) });
      builder.add('CustomAttribute', { Parent: target, Type: plain });
    },
    options: { customAttributes: 'verbal' },
  },
  permissions: {
    fill: ({ builder }) => {
      const assembly = builder.add('Assembly', { Name: 'A' });
      builder.add('DeclSecurity', { Action: 8, Parent: assembly, PermissionSet: Uint8Array.of(0x2e, 0) });
      const type = builder.add('TypeDef', { Name: 'C', Flags: 0x40001 });
      builder.add('DeclSecurity', { Action: 3, Parent: type, PermissionSet: Uint8Array.of(0x2e, 0) });
      builder.add('DeclSecurity', { Action: 99, Parent: type, PermissionSet: Uint8Array.of(0x2e, 0) });
    },
  },
};
