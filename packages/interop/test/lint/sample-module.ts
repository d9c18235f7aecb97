import { Assembly } from '@ijw/assembly';
import { CodeBuilder, encodeMethodBody } from '@ijw/il';
import { type MethodDefToken, makeToken, TableId, type Token, type TypeDefToken, type TypeRefToken } from '@ijw/metadata';
import { type AttributeType, type AttributeValue, writeAttributeValue } from '@ijw/metadata/attributes';
import { MetadataBuilder } from '@ijw/metadata/builder';
import {
  encodeFieldSignature,
  encodeLocalSignature,
  encodeMethodSignature,
  encodeTypeSpec,
  type PrimitiveName,
  SignatureFlags,
  type TypeNode,
} from '@ijw/metadata/signatures';
import { cliHeaderPart, PEImage, SectionCharacteristics } from '@ijw/pe';
import { bytesPart, PEBuilder } from '@ijw/pe/builder';

export const primitive = (type: PrimitiveName): TypeNode => ({ kind: 'primitive', type });
export const VOID = primitive('void');
export const INT = primitive('int32');
export const BOOL = primitive('bool');
export const STRING = primitive('string');
export const NATIVE_INT = primitive('native int');
export const OBJECT = primitive('object');
export const byReference = (element: TypeNode): TypeNode => ({ kind: 'byReference', element });
export const pointer = (element: TypeNode): TypeNode => ({ kind: 'pointer', element });
export const classType = (token: Token): TypeNode => ({ kind: 'named', token: token as TypeDefToken, valueType: false });
export const valueType = (token: Token): TypeNode => ({ kind: 'named', token: token as TypeDefToken, valueType: true });

/** A function pointer `parameter -> result` of a CallKind; modifiers stand on the result, outermost first. */
export function functionPointer(header: number, modifiers: readonly Token[] = []): TypeNode {
  return { kind: 'functionPointer', signature: callSignature(header, modifiers) };
}

const callSignature = (header: number, modifiers: readonly Token[]) => ({
  header,
  genericParameterCount: 0,
  requiredParameterCount: 1,
  returnType: modifiers.reduceRight<TypeNode>(
    (unmodified, token) => ({
      kind: 'modified',
      modifier: { kind: 'named', token: token as TypeDefToken, valueType: undefined },
      unmodified,
      required: false,
    }),
    INT,
  ),
  parameterTypes: [INT],
});

export interface SampleParameter {
  readonly type: TypeNode;
  readonly name?: string;
  /** ParamAttributes. */
  readonly flags?: number;
  /** A marshalling descriptor. */
  readonly marshalling?: Uint8Array;
}

export interface SampleMethod {
  readonly flags?: number;
  readonly implFlags?: number;
  readonly header?: number;
  readonly generic?: number;
  readonly returns?: TypeNode;
  readonly parameters?: readonly (TypeNode | SampleParameter)[];
  readonly code?: CodeBuilder;
  readonly locals?: readonly TypeNode[];
}

export interface SampleImport extends SampleMethod {
  readonly library?: string;
  readonly entryPoint?: string;
  /** PInvokeAttributes. */
  readonly mapping?: number;
}

const PUBLIC_STATIC = 0x16;
const split = (name: string) => ({
  Namespace: name.slice(0, Math.max(0, name.lastIndexOf('.'))),
  Name: name.slice(name.lastIndexOf('.') + 1),
});

/** Writes a small assembly, row by row; what a lint rule looks at can be read where the sample is made. */
export class SampleModule {
  readonly builder = new MetadataBuilder();
  readonly #references = new Map<string, TypeRefToken>();
  readonly #libraries = new Map<string, number>();
  readonly #bodies: { readonly rid: number; readonly bytes: Uint8Array }[] = [];
  readonly #core: Token;

  constructor(moduleName = 'sample.dll') {
    this.builder.add('Module', { Name: moduleName, Mvid: '00000000-0000-0000-0000-000000000001' });
    this.builder.add('Assembly', { Name: 'sample', Major: 1, HashAlgId: 0x8004 });
    this.#core = this.builder.add('AssemblyRef', { Name: 'System.Runtime', Major: 8 });
    this.builder.add('TypeDef', { Name: '<Module>' });
  }

  get assembly(): Token {
    return makeToken(TableId.Assembly, 1);
  }

  reference(name: string): TypeRefToken {
    const known = this.#references.get(name);
    if (known !== undefined) return known;
    const token = this.builder.add('TypeRef', { ResolutionScope: this.#core, ...split(name) });
    this.#references.set(name, token);
    return token;
  }

  /** A type; the methods added next are its own. Public, unless flags say otherwise. */
  type(name: string, base = 'System.Object', flags = 0x1): TypeDefToken {
    const isInterface = (flags & 0x20) !== 0;
    return this.builder.add('TypeDef', { ...split(name), Flags: flags, ...(!isInterface && { Extends: this.reference(base) }) });
  }

  structure(name: string, fields: readonly TypeNode[], flags = 0x9): TypeDefToken {
    const token = this.type(name, 'System.ValueType', flags);
    for (const [index, type] of fields.entries()) this.field(`field${index}`, type);
    return token;
  }

  field(name: string, type: TypeNode): Token {
    return this.builder.add('Field', { Name: name, Flags: 0x6, Signature: encodeFieldSignature(type) });
  }

  implement(type: TypeDefToken, contract: Token): void {
    this.builder.add('InterfaceImpl', { Class: type, Interface: contract as TypeDefToken });
  }

  method(name: string, { parameters = [], returns = VOID, code, locals, ...method }: SampleMethod = {}): MethodDefToken {
    const flags = method.flags ?? PUBLIC_STATIC;
    const described = parameters.map((parameter): SampleParameter => ('kind' in parameter ? { type: parameter } : parameter));
    const header = method.header ?? ((flags & 0x10) === 0 ? SignatureFlags.HasThis : 0) | (method.generic ? SignatureFlags.Generic : 0);
    const signature = {
      header,
      genericParameterCount: method.generic ?? 0,
      requiredParameterCount: parameters.length,
      returnType: returns,
      parameterTypes: described.map(({ type }) => type),
    };
    const token = this.builder.add('MethodDef', {
      Name: name,
      Flags: flags,
      ImplFlags: method.implFlags ?? 0,
      Signature: encodeMethodSignature(signature),
    });
    for (const [index, parameter] of described.entries()) this.#parameter(parameter, index + 1);
    if (code !== undefined) this.#body(token, code, locals ?? []);
    return token;
  }

  #parameter({ name = `p`, flags = 0, marshalling }: SampleParameter, position: number): void {
    const token = this.builder.add('Param', { Name: name, Sequence: position, Flags: flags | (marshalling ? 0x2000 : 0) });
    if (marshalling) this.builder.add('FieldMarshal', { Parent: token, NativeType: marshalling });
  }

  #body(method: MethodDefToken, code: CodeBuilder, locals: readonly TypeNode[]): void {
    const localVarSigToken = locals.length === 0 ? 0 : this.builder.add('StandAloneSig', { Signature: encodeLocalSignature(locals) });
    const bytes = encodeMethodBody({ code: code.toCode(), exceptionClauses: code.toClauses(), localVarSigToken, maxStack: 8 });
    this.#bodies.push({ rid: method & 0xffffff, bytes });
  }

  /** A P/Invoke of `native` that is internal and says everything that the rules ask for; what a sample is about is said on top. */
  platformInvoke(name: string, { library = 'native', entryPoint = name, mapping = 0x105, ...method }: SampleImport = {}): MethodDefToken {
    const token = this.method(name, { flags: 0x2013, implFlags: 0x80, ...method });
    const scope = this.#libraries.get(library) ?? this.builder.add('ModuleRef', { Name: library });
    this.#libraries.set(library, scope);
    this.builder.add('ImplMap', { MappingFlags: mapping, MemberForwarded: token, ImportName: entryPoint, ImportScope: scope });
    return token;
  }

  /** A method of another assembly. */
  external(type: string, name: string, parameters: readonly TypeNode[] = [], returns: TypeNode = VOID, header = 0): Token {
    const signature = {
      header,
      genericParameterCount: 0,
      requiredParameterCount: parameters.length,
      returnType: returns,
      parameterTypes: parameters,
    };
    return this.builder.add('MemberRef', { Class: this.reference(type), Name: name, Signature: encodeMethodSignature(signature) });
  }

  /** The signature of a `calli`. */
  call(header: number, modifiers: readonly Token[] = []): Token {
    return this.builder.add('StandAloneSig', { Signature: encodeMethodSignature(callSignature(header, modifiers)) });
  }

  typeSpec(type: TypeNode): Token {
    return this.builder.add('TypeSpec', { Signature: encodeTypeSpec(type) });
  }

  attribute(
    parent: Token,
    type: string,
    fixed: readonly (string | number | boolean)[] = [],
    named: Readonly<Record<string, AttributeValue>> = {},
  ): void {
    const types = fixed.map(attributeType);
    const parameters = types.map(
      (one): TypeNode =>
        primitive(
          one.kind === 'primitive' && one.name === 'string'
            ? 'string'
            : one.kind === 'primitive' && one.name === 'boolean'
              ? 'bool'
              : 'int32',
        ),
    );
    const attributeConstructor = this.external(type, '.ctor', parameters, VOID, SignatureFlags.HasThis);
    const value = writeAttributeValue({
      fixedArguments: fixed.map((argument, index) => ({ type: types[index]!, value: argument })),
      namedArguments: Object.entries(named).map(([name, argument]) => ({
        kind: 'field',
        name,
        type: attributeType(argument),
        value: argument,
      })),
    });
    this.builder.add('CustomAttribute', { Parent: parent, Type: attributeConstructor, Value: value });
  }

  /** The image, read back. */
  build(corFlags = 1): Assembly {
    const builder = new PEBuilder();
    const code = SectionCharacteristics.CNT_CODE | SectionCharacteristics.MEM_EXECUTE | SectionCharacteristics.MEM_READ;
    const text = builder.addSection('.text', { characteristics: code });
    const parts = this.#bodies.map(({ rid, bytes }) => ({ rid, part: text.add(bytesPart(bytes, 4)) }));
    if (parts.length === 0) text.add(bytesPart(new Uint8Array(4), 4));
    const size = this.builder.build().length;
    const metadata = text.add({
      size,
      write: (plan) => {
        for (const { rid, part } of parts) this.builder.set('MethodDef', rid, 'RVA', plan.rvaOf(part));
        return this.builder.build();
      },
    });
    const header = cliHeaderPart((plan) => ({ flags: corFlags, metaData: { rva: plan.rvaOf(metadata), size } }));
    builder.setDirectory('cliHeader', text.add(header));
    return Assembly.of(PEImage.parse(builder.build()));
  }
}

function attributeType(value: AttributeValue): AttributeType {
  if (typeof value === 'string') return { kind: 'primitive', name: 'string' };
  if (typeof value === 'boolean') return { kind: 'primitive', name: 'boolean' };
  if (Array.isArray(value)) return { kind: 'array', element: { kind: 'type' } };
  return { kind: 'primitive', name: 'i4' };
}

export const code = (): CodeBuilder => new CodeBuilder();
