import { ByteWriter } from '@ijw/binary';
import { encodeMethodBody } from '@ijw/il';
import { makeToken, TableId } from '@ijw/metadata';
import { encodeFieldSignature, encodeMethodSpec, encodeTypeSpec } from '@ijw/metadata/signatures';
import { classType, INT, methodSignature, VOID } from '../il-image.ts';
import { bodyCases } from './body-cases.ts';
import type { GoldenCases } from './golden-case.ts';
import { typeCases } from './type-cases.ts';

/** What strict text writes otherwise than text for readers, so that the platform's assembler makes the rows that were there and no more. */
export const strictCases: GoldenCases = {
  'strict-array-shapes': { ...typeCases['array-shapes']!, options: { strict: true } },
  'strict-nested-in-module': { ...typeCases['nested-in-module']!, options: { strict: true } },
  'strict-undefined-references': {
    options: { strict: true },
    fill: ({ builder, system }) => {
      const here = makeToken(TableId.Module, 1);
      const reference = (Namespace: string, Name: string) => {
        const type = builder.add('TypeRef', { ResolutionScope: here, Namespace, Name });
        builder.add('MemberRef', { Class: type, Name: '.ctor', Signature: methodSignature(0x20, VOID) });
        return type;
      };
      // What ilasm leaves for the word `reqsecobj`, a type that nothing defines, one within it, and one that is defined.
      reference('System.Security', 'DynamicSecurityMethodAttribute');
      const outer = reference('N', 'Missing');
      builder.add('TypeRef', { ResolutionScope: outer, Namespace: '', Name: 'Inner' });
      reference('N', 'C');
      builder.add('TypeDef', { Namespace: 'N', Name: 'C', Flags: 1, Extends: system('System.Object') });
      builder.add('MethodDef', { Name: 'Stack', Flags: 0x8016, Signature: methodSignature(0, VOID) });
    },
  },
  'strict-empty-locals': { ...bodyCases['empty-locals']!, options: { strict: true } },
  'strict-signalling-nan': {
    options: { strict: true },
    fill: ({ builder, data }) => {
      const load = [0x7f800001, 0xffbfffff, 0x7fc00000, 0xff800000].flatMap((bits) => [
        0x22,
        ...new ByteWriter().u32(bits).toBytes(),
        0x26,
      ]);
      const RVA = data(encodeMethodBody({ code: Uint8Array.from([...load, 0x2a]) }));
      builder.add('MethodDef', { Name: 'M', Flags: 0x16, Signature: methodSignature(0, VOID), RVA });
    },
  },
  'strict-field-offsets': {
    options: { strict: true },
    fill: ({ builder, system }) => {
      const fields = () => {
        for (const Offset of [0, 260]) {
          const field = builder.add('Field', { Name: `f${Offset}`, Flags: 6, Signature: encodeFieldSignature(INT) });
          builder.add('FieldLayout', { Field: field, Offset });
        }
      };
      builder.add('TypeDef', { Name: 'WithoutLayout', Flags: 0x111, Extends: system('System.ValueType') });
      fields();
      const type = builder.add('TypeDef', { Name: 'WithLayout', Flags: 0x111, Extends: system('System.ValueType') });
      builder.add('ClassLayout', { Parent: type, PackingSize: 0, ClassSize: 0 });
      fields();
    },
  },
  'strict-core-library': {
    options: { strict: true },
    fill: ({ builder }) => {
      const object = builder.add('TypeDef', { Namespace: 'System', Name: 'Object', Flags: 1 });
      builder.add('TypeDef', { Namespace: 'System.Security', Name: 'DynamicSecurityMethodAttribute', Flags: 0, Extends: object });
      builder.add('MethodDef', { Name: '.ctor', Flags: 0x1886, Signature: methodSignature(0x20, VOID) });
      const interop = 'System.Runtime.InteropServices';
      builder.add('TypeDef', { Namespace: interop, Name: 'FieldOffsetAttribute', Flags: 1, Extends: object });
      builder.add('MethodDef', { Name: '.ctor', Flags: 0x1886, Signature: methodSignature(0x20, VOID, INT) });
      builder.add('TypeDef', { Name: 'Union', Flags: 0x111, Extends: object });
      const field = builder.add('Field', { Name: 'f', Flags: 6, Signature: encodeFieldSignature(INT) });
      builder.add('FieldLayout', { Field: field, Offset: 260 });
      builder.add('MethodDef', { Name: 'Stack', Flags: 0x8016, Signature: methodSignature(0, VOID) });
    },
  },
  'strict-bare-return': {
    options: { strict: true },
    fill: ({ builder, system }) => {
      builder.add('TypeDef', { Name: 'C', Flags: 0x81, Extends: system('System.Object') });
      const method = (Name: string, Flags: number, NativeType?: Uint8Array) => {
        builder.add('MethodDef', { Name, Flags: 0x5c6, Signature: methodSignature(0x20, INT) });
        const param = builder.add('Param', { Sequence: 0, Flags });
        if (NativeType !== undefined) builder.add('FieldMarshal', { Parent: param, NativeType });
      };
      method('Bare', 0);
      method('Marshalled', 0x2000, Uint8Array.of(0x07));
    },
  },
  'unused-members': {
    options: { strict: true },
    fill: ({ builder, system, method }) => {
      builder.add('TypeDef', { Name: 'C', Flags: 0x81, Extends: system('System.Object') });
      const used = builder.add('MemberRef', { Class: system('System.GC'), Name: 'Collect', Signature: methodSignature(0, VOID) });
      builder.add('MemberRef', { Class: system('System.MarkAttribute'), Name: '.ctor', Signature: methodSignature(0x20, VOID) });
      const generic = builder.add('MemberRef', { Class: system('System.Array'), Name: 'Empty', Signature: methodSignature(0x10, VOID) });
      builder.add('MethodSpec', { Method: generic, Instantiation: encodeMethodSpec([INT]) });
      method('First', (code) => code.emit('call', used).emit('ret'));
      method('Second', (code) => code.emit('ret'));
    },
  },
  'strict-unused-types': {
    options: { strict: true },
    fill: ({ builder, system }) => {
      builder.add('TypeDef', { Name: 'Rootless', Flags: 1 });
      const list = classType(system('System.List`1'));
      builder.add('TypeSpec', { Signature: encodeTypeSpec({ kind: 'genericInstance', generic: list, arguments: [INT] }) });
      system('System.Unused');
      builder.add('StandAloneSig', { Signature: encodeFieldSignature(INT) });
    },
  },
};
