import { Diagnostics } from '@ijw/binary';
import { CodeBuilder, type DisassemblyOptions, type DisassemblyResult, disassemble, type EncodableBody, encodeMethodBody } from '@ijw/il';
import { Metadata, type MethodDefToken, type TypeDefOrRefToken, type TypeRefToken } from '@ijw/metadata';
import { MetadataBuilder } from '@ijw/metadata/builder';
import { encodeMethodSignature, type PrimitiveName, type TypeNode } from '@ijw/metadata/signatures';
import { type CliHeaderInput, cliHeaderPart, Machine, PEImage } from '@ijw/pe';
import { bytesPart, type ImagePart, PEBuilder, type SectionOptions } from '@ijw/pe/builder';

export const primitive = (type: PrimitiveName): TypeNode => ({ kind: 'primitive', type });
export const VOID = primitive('void');
export const INT = primitive('int32');
export const STRING = primitive('string');
export const OBJECT = primitive('object');
export const classType = (token: TypeDefOrRefToken): TypeNode => ({ kind: 'named', token, valueType: false });
export const valueType = (token: TypeDefOrRefToken): TypeNode => ({ kind: 'named', token, valueType: true });

/** A method signature; `header` holds the convention and its flags. */
export const methodSignature = (header: number, returnType: TypeNode, ...parameterTypes: readonly TypeNode[]): Uint8Array =>
  encodeMethodSignature({
    header,
    genericParameterCount: header & 0x10 ? 1 : 0,
    requiredParameterCount: parameterTypes.length,
    returnType,
    parameterTypes,
  });

/** What a golden's image is made with: rows of metadata, bodies, data. Everything is added in the order of its table. */
export interface ILImage {
  readonly builder: MetadataBuilder;
  /** Bytes at an RVA of their own. */
  readonly data: (bytes: Uint8Array, alignment?: number) => number;
  /** An IL body; the code is filled in by the caller. */
  readonly body: (fill: (code: CodeBuilder) => void, more?: Omit<EncodableBody, 'code' | 'exceptionClauses'>) => number;
  /** A type of System.Runtime. */
  readonly system: (name: string) => TypeRefToken;
  /** A method without anything of interest: static, public, its body given. */
  readonly method: (name: string, fill: (code: CodeBuilder) => void, signature?: Uint8Array) => MethodDefToken;
}

/** The RVA of every part is known when metadata is written a second time: the first run gives 1 for each. */
class Parts {
  readonly list: ImagePart[] = [];
  next = 0;
  rvaOf: ((part: ImagePart) => number) | undefined;

  rva(bytes: Uint8Array, alignment: number): number {
    const index = this.next++;
    this.list[index] ??= bytesPart(bytes, alignment);
    return this.rvaOf?.(this.list[index]) ?? 1;
  }
}

function describe(parts: Parts, fill: (image: ILImage) => void): Uint8Array {
  parts.next = 0;
  const builder = new MetadataBuilder();
  builder.add('Module', { Name: 'golden.dll', Mvid: '6a1f6a0c-1f5b-4d0e-9d6b-3a1f0c2b4d5e' });
  const runtime = builder.add('AssemblyRef', { Name: 'System.Runtime', Major: 10 });
  const known = new Map<string, TypeRefToken>();
  const system = (name: string): TypeRefToken => {
    const dot = name.lastIndexOf('.');
    const token =
      known.get(name) ?? builder.add('TypeRef', { ResolutionScope: runtime, Namespace: name.slice(0, dot), Name: name.slice(dot + 1) });
    known.set(name, token);
    return token;
  };
  const body: ILImage['body'] = (write, more) => {
    const code = new CodeBuilder();
    write(code);
    return parts.rva(encodeMethodBody({ code: code.toCode(), exceptionClauses: code.toClauses(), ...more }), 4);
  };
  const method: ILImage['method'] = (Name, write, Signature = methodSignature(0, VOID)) =>
    builder.add('MethodDef', { Name, Flags: 0x16, Signature, RVA: body(write) });
  builder.add('TypeDef', { Name: '<Module>' });
  fill({ builder, body, system, method, data: (bytes, alignment = 4) => parts.rva(bytes, alignment) });
  return builder.build();
}

/** A section behind `.text`, at an address that rows of metadata can name. */
export interface DataSection extends SectionOptions {
  readonly name: string;
  readonly rva: number;
  readonly bytes: Uint8Array;
}

/** A managed image with the metadata, bodies and data that `fill` adds. */
export function buildILImage(fill: (image: ILImage) => void, cli: CliHeaderInput = {}, sections: readonly DataSection[] = []): Uint8Array {
  const parts = new Parts();
  const size = describe(parts, fill).length;
  const pe = new PEBuilder({ machine: Machine.I386, coff: { characteristics: 0x2102 } });
  const text = pe.addSection('.text');
  for (const part of parts.list) text.add(part);
  const metadata = text.add({
    size,
    write: (plan) => {
      parts.rvaOf = (part) => plan.rvaOf(part);
      return describe(parts, fill);
    },
  });
  const header = text.add(cliHeaderPart((plan) => ({ metaData: { rva: plan.rvaOf(metadata), size }, flags: 1, ...cli })));
  pe.setDirectory('cliHeader', header);
  for (const { name, bytes, ...options } of sections) {
    const section = pe.addSection(name, options);
    if (bytes.length > 0) section.add(bytes);
  }
  return pe.build();
}

export interface TextOfImage {
  readonly text: string;
  readonly diagnostics: Diagnostics;
  readonly result: DisassemblyResult;
}

/** The IL text of an image. */
export function disassembleBytes(bytes: Uint8Array, options?: DisassemblyOptions): TextOfImage {
  const image = PEImage.parse(bytes);
  const chunks: Uint8Array[] = [];
  const diagnostics = new Diagnostics();
  const metadata = Metadata.of(image)!;
  const result = disassemble(image, metadata, (chunk) => chunks.push(chunk.slice()), diagnostics, options);
  const decoder = new TextDecoder();
  return { text: chunks.map((chunk) => decoder.decode(chunk, { stream: true })).join('') + decoder.decode(), diagnostics, result };
}
