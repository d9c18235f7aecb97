import type { Architecture } from '@ijw/machine';
import { type ForwardCall, ForwardCalls, type ForwardCallsInit, NativeCalls } from '@ijw/marshalling';
import { Metadata, type MethodDefToken, makeToken, TableId, type Token } from '@ijw/metadata';
import { type AttributeArgument, type CustomAttributeValue, writeAttributeValue } from '@ijw/metadata/attributes';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { type MarshallingDescriptor, NativeType, type NativeTypeName, writeMarshallingDescriptor } from '@ijw/metadata/marshalling';
import type { Resolver } from '@ijw/metadata/resolution';
import { encodeFieldSignature, encodeMethodSignature, SignatureFlags, type TypeNode } from '@ijw/metadata/signatures';

export type Primitive = (TypeNode & { readonly kind: 'primitive' })['type'];
export const primitive = (type: Primitive): TypeNode => ({ kind: 'primitive', type });
export const pointer = (element: TypeNode): TypeNode => ({ kind: 'pointer', element });
export const reference = (element: TypeNode): TypeNode => ({ kind: 'byReference', element });
export const array = (element: TypeNode): TypeNode => ({ kind: 'szArray', element });
export const structure = (token: Token): TypeNode => ({ kind: 'named', token: token as never, valueType: true });
export const objectOf = (token: Token): TypeNode => ({ kind: 'named', token: token as never, valueType: false });
export const required = (modifier: Token, unmodified: TypeNode): TypeNode => ({
  kind: 'modified',
  modifier: { kind: 'named', token: modifier as never, valueType: undefined },
  unmodified,
  required: true,
});
export const INT = primitive('int32');
export const VOID = primitive('void');

export interface PInvokeInput {
  readonly returns?: TypeNode;
  readonly parameters?: readonly TypeNode[];
  /** ImplMap flags; `undefined`: no row. Default cdecl. */
  readonly mappingFlags?: number | undefined;
  readonly implFlags?: number;
  readonly header?: number;
  /** MarshalAs by position. */
  readonly marshalAs?: Readonly<Record<number, NativeTypeName>>;
  /** ParamAttributes by position. */
  readonly parameterFlags?: Readonly<Record<number, number>>;
  readonly lcid?: number;
}

export interface FieldInput {
  readonly type: TypeNode;
  readonly descriptor?: MarshallingDescriptor;
  readonly offset?: number;
}

export interface TypeOptions {
  readonly flags?: number;
  readonly isClass?: boolean;
  readonly packing?: number;
  readonly size?: number;
}

/** An assembly under construction, with the references that interop needs. */
export class PInvokeMetadata {
  readonly builder = new MetadataBuilder();
  readonly core: Token;
  readonly #baseType: Token;
  readonly #valueType: Token;

  constructor(name = 'interop') {
    this.builder.add('Module', { Name: `${name}.dll`, Mvid: '00000000-0000-0000-0000-000000000001' });
    this.builder.add('Assembly', { Name: name, HashAlgId: 0x8004 });
    this.core = this.builder.add('AssemblyRef', { Name: 'System.Runtime', Major: 10 });
    this.#baseType = this.typeRef('System', 'Object');
    this.#valueType = this.typeRef('System', 'ValueType');
    this.builder.add('TypeDef', { Name: '<Module>' });
  }

  typeRef(namespace: string, name: string): Token {
    return this.builder.add('TypeRef', { ResolutionScope: this.core, Namespace: namespace, Name: name });
  }

  /** A type of the assembly with fields; `flags`: 8 sequential, 0x10 explicit, 0 automatic. */
  type(name: string, fields: readonly (TypeNode | FieldInput)[], options: TypeOptions = {}): Token {
    const { flags = 8, isClass = false, packing = 0, size = 0 } = options;
    const token = this.builder.add('TypeDef', { Name: name, Flags: flags, Extends: isClass ? this.#baseType : this.#valueType });
    if (packing !== 0 || size !== 0) this.builder.add('ClassLayout', { PackingSize: packing, ClassSize: size, Parent: token });
    for (const [index, field] of fields.entries()) {
      const { type, descriptor, offset }: FieldInput =
        'type' in field && typeof field.type === 'object' ? field : { type: field as TypeNode };
      const added = this.builder.add('Field', { Name: `f${index}`, Flags: 6, Signature: encodeFieldSignature(type) });
      if (descriptor) this.builder.add('FieldMarshal', { Parent: added, NativeType: writeMarshallingDescriptor(descriptor) });
      if (offset !== undefined) this.builder.add('FieldLayout', { Offset: offset, Field: added });
    }
    return token;
  }

  attribute(parent: Token, namespace: string, name: string, value: Partial<CustomAttributeValue> = {}): void {
    const fixedArguments: readonly AttributeArgument[] = value.fixedArguments ?? [];
    const type = this.typeRef(namespace, name);
    const signature = encodeMethodSignature({
      header: SignatureFlags.HasThis,
      genericParameterCount: 0,
      requiredParameterCount: fixedArguments.length,
      returnType: VOID,
      parameterTypes: fixedArguments.map((argument) => primitive(typeof argument.value === 'boolean' ? 'bool' : 'int32')),
    });
    const attributeConstructor = this.builder.add('MemberRef', { Class: type, Name: '.ctor', Signature: signature });
    const blob = writeAttributeValue({ fixedArguments, namedArguments: value.namedArguments ?? [] });
    this.builder.add('CustomAttribute', { Parent: parent, Type: attributeConstructor, Value: blob });
  }

  /** Adds a P/Invoke to the type that was added last. */
  method(input: PInvokeInput): MethodDefToken {
    const { parameters = [], returns = VOID } = input;
    const mappingFlags = 'mappingFlags' in input ? input.mappingFlags : 0x200;
    const token = this.builder.add('MethodDef', {
      Name: 'Native',
      Flags: 0x2016,
      RVA: mappingFlags === undefined ? 0x1000 : 0,
      ImplFlags: input.implFlags ?? (mappingFlags === undefined ? 0x85 : 0x80),
      Signature: encodeMethodSignature({
        header: input.header ?? 0,
        genericParameterCount: 0,
        requiredParameterCount: parameters.length,
        returnType: returns,
        parameterTypes: parameters,
      }),
    });
    const scope = this.builder.add('ModuleRef', { Name: 'native.dll' });
    if (mappingFlags !== undefined)
      this.builder.add('ImplMap', { MappingFlags: mappingFlags, MemberForwarded: token, ImportName: 'Native', ImportScope: scope });
    this.#parameters(input);
    if (input.lcid !== undefined) {
      this.attribute(token, 'System.Runtime.InteropServices', 'LCIDConversionAttribute', {
        fixedArguments: [{ type: { kind: 'primitive', name: 'i4' }, value: input.lcid }],
      });
    }
    return token;
  }

  build(): Metadata {
    return Metadata.parse(this.builder.build());
  }

  #parameters({ marshalAs = {}, parameterFlags = {} }: PInvokeInput): void {
    const positions = new Set([...Object.keys(marshalAs), ...Object.keys(parameterFlags)].map(Number));
    for (const position of [...positions].sort((a, b) => a - b)) {
      const native = marshalAs[position];
      const flags = (parameterFlags[position] ?? 0) | (native ? 0x2000 : 0);
      const parameter = this.builder.add('Param', { Flags: flags, Sequence: position, Name: `p${position}` });
      if (!native) continue;
      const blob = writeMarshallingDescriptor({ kind: 'simple', nativeType: NativeType[native] });
      this.builder.add('FieldMarshal', { Parent: parameter, NativeType: blob });
    }
  }
}

const MACHINES = { x86: 'i386', x64: 'amd64', arm64: 'arm64' } as const;

export interface PlanOptions {
  readonly architecture?: Architecture;
  readonly host?: ForwardCallsInit['host'];
  readonly resolver?: Resolver;
}

/** The plan of one P/Invoke, or the reason for none. */
export function planOf(
  make: (metadata: PInvokeMetadata) => PInvokeInput,
  { architecture = 'x64', host = 'core', resolver }: PlanOptions = {},
): ForwardCall | { readonly kind: 'unsupported'; readonly reason: string } {
  const metadata = new PInvokeMetadata();
  const token = metadata.method(make(metadata));
  const calls = new NativeCalls(metadata.build(), { machine: MACHINES[architecture], machineOs: undefined });
  return new ForwardCalls({ architecture, host, calls, resolver }).of(token, { target: 'native.dll!Native' });
}

export const assemblyToken: Token = makeToken(TableId.Assembly, 1);
