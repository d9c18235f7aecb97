// Structures on the native side, and types of other assemblies.
import { buildInteropImage } from '@ijw/fixtures';
import { Loader } from '@ijw/loader';
import { assembliesAtHand, Resolver } from '@ijw/metadata/resolution';
import { modulesByName } from '@ijw/windows';
import { describe, expect, it } from 'vitest';
import {
  array,
  type FieldInput,
  INT,
  objectOf,
  PInvokeMetadata,
  type PlanOptions,
  planOf,
  primitive,
  reference,
  structure,
  type TypeOptions,
} from './pinvoke-metadata.ts';

const simple = (nativeType: number) => ({ kind: 'simple', nativeType }) as const;
const U1 = simple(4);
const LPWSTR = simple(0x15);
type Fields = readonly (FieldInput | FieldInput['type'])[];

const BOOL = primitive('bool');
const STRING = primitive('string');

/** What a structure with these fields is on the native side: [bytes, alignment], or the reason for none. */
function nativeExtent(fields: (metadata: PInvokeMetadata) => Fields, type: TypeOptions = {}, options: PlanOptions = {}): unknown {
  const plan = planOf((metadata) => ({ parameters: [structure(metadata.type('Value', fields(metadata), type))] }), options);
  if (plan.kind !== 'plan') return plan.reason;
  const [argument] = plan.arguments;
  if (argument?.kind !== 'parameter' || argument.value.abi.kind !== 'aggregate') throw new Error('no structure');
  return [argument.value.abi.size, argument.value.abi.alignment];
}

describe('a structure that is not blittable, on the native side', () => {
  const date = (metadata: PInvokeMetadata) => structure(metadata.typeRef('System', 'DateTime'));

  it.each([
    ['bool and int: a BOOL of four bytes', () => [BOOL, INT], [8, 4]],
    ['a bool of one byte', () => [{ type: BOOL, descriptor: U1 }, INT], [8, 4]],
    ['three bools of one byte', () => Array(3).fill({ type: BOOL, descriptor: U1 }), [3, 1]],
    ['an ANSI char', () => [primitive('char'), primitive('char')], [2, 1]],
    ['a string, and MarshalAs', () => [INT, STRING, { type: STRING, descriptor: LPWSTR }], [24, 8]],
    ['a text inside', () => [INT, { type: STRING, descriptor: { kind: 'fixedSystemString', size: 10 } }], [16, 4]],
    ['an array inside', () => [{ type: array(INT), descriptor: { kind: 'fixedArray', size: 3, elementType: 0x50 } }, BOOL], [16, 4]],
    ['an array and an object', () => [array(INT), primitive('object')], [16, 8]],
    ['a DateTime', (metadata: PInvokeMetadata) => [INT, date(metadata)], [16, 8]],
    ['a Decimal', (metadata: PInvokeMetadata) => [INT, structure(metadata.typeRef('System', 'Decimal'))], [24, 8]],
  ] as const)('%s', (_, fields, extent) => {
    expect(nativeExtent(fields as (metadata: PInvokeMetadata) => Fields)).toEqual(extent);
  });

  it('text is by the character set of the structure', () => {
    const text: FieldInput = { type: STRING, descriptor: { kind: 'fixedSystemString', size: 10 } };
    expect(nativeExtent(() => [text])).toEqual([10, 1]);
    expect(nativeExtent(() => [text], { flags: 0x10008 })).toEqual([20, 2]);
    expect(nativeExtent(() => [text], { flags: 0x20008 })).toEqual([20, 2]);
  });

  it('packing, a size and offsets count', () => {
    expect(nativeExtent(() => [{ type: BOOL, descriptor: U1 }, INT], { packing: 1 })).toEqual([5, 1]);
    expect(nativeExtent(() => [BOOL], { size: 40 })).toEqual([40, 4]);
    const fields = [
      { type: BOOL, offset: 0 },
      { type: STRING, offset: 8 },
    ];
    expect(nativeExtent(() => fields, { flags: 0x10 })).toEqual([16, 8]);
    expect(nativeExtent(() => fields, { flags: 0x10 }, { architecture: 'x86' })).toEqual([12, 4]);
  });

  it('structures and classes with a layout lie inside', () => {
    const inner = (metadata: PInvokeMetadata, isClass: boolean) => metadata.type('Inner', [BOOL, BOOL], { isClass });
    expect(nativeExtent((metadata) => [INT, structure(inner(metadata, false))])).toEqual([12, 4]);
    expect(nativeExtent((metadata) => [INT, objectOf(inner(metadata, true))])).toEqual([12, 4]);
  });

  it('what has no length, no form or no end is refused', () => {
    const text: FieldInput = { type: STRING, descriptor: { kind: 'fixedSystemString', size: undefined } };
    expect(nativeExtent(() => [text])).toBe('Parameter 1: Value: A text inside a structure needs a length');
    expect(nativeExtent(() => [{ type: INT, descriptor: simple(0x0b) }])).toBe(
      'Parameter 1: Value: MarshalAs says r4, which int cannot be',
    );
    const itself = planOf((metadata) => {
      const token = metadata.type('Loop', [BOOL, structure(0x02000002 as never)]);
      return { parameters: [structure(token)] };
    });
    expect(itself).toMatchObject({ kind: 'unsupported', reason: expect.stringContaining('contains itself') });
  });

  it('many in one another are laid out once each, too many are refused', () => {
    const nested = (count: number) =>
      planOf((metadata) => {
        let type = metadata.type('Value0', [BOOL]);
        for (let index = 1; index < count; index++) type = metadata.type(`Value${index}`, [structure(type), structure(type)], { size: 0 });
        return { parameters: [reference(structure(type))] };
      });
    expect(nested(13)).toMatchObject({ arguments: [{ value: { nativeText: 'pointer to Value12, in its native layout' } }] });
    expect(nested(60)).toMatchObject({ kind: 'unsupported', reason: expect.stringContaining('is larger than 65520 bytes') });
    expect(nested(5000).kind).toBe('unsupported');
  });

  it('a reference to one is the address of a converted copy', () => {
    const plan = planOf((metadata) => ({ parameters: [reference(structure(metadata.type('Value', [BOOL])))] }));
    expect(plan).toMatchObject({
      arguments: [{ value: { nativeText: 'pointer to Value, in its native layout', abi: { size: 8 }, blittable: false }, flow: 'inOut' }],
    });
  });
});

describe('types of other assemblies', () => {
  function elsewhere(define: (metadata: PInvokeMetadata) => void): Resolver {
    const other = new PInvokeMetadata('other');
    define(other);
    return new Resolver(assembliesAtHand([other.build()]));
  }
  const foreign = (metadata: PInvokeMetadata, name: string) => {
    const scope = metadata.builder.add('AssemblyRef', { Name: 'other', Major: 1 });
    return metadata.builder.add('TypeRef', { ResolutionScope: scope, Namespace: '', Name: name });
  };

  it('have the form that their definition gives them', () => {
    const resolver = elsewhere((metadata) => {
      metadata.type('Pair', [INT, INT]);
      metadata.type('Flags', [BOOL, INT]);
    });
    const plan = planOf((metadata) => ({ parameters: [structure(foreign(metadata, 'Pair')), structure(foreign(metadata, 'Flags'))] }), {
      resolver,
    });
    expect(plan).toMatchObject({
      arguments: [{ value: { nativeText: 'Pair', abi: { size: 8 }, blittable: true } }, { value: { abi: { size: 8 }, blittable: false } }],
    });
  });

  it('count as fields, and as classes by what they come from', () => {
    const resolver = elsewhere((metadata) => {
      metadata.type('Pair', [INT, INT]);
      metadata.type('Layout', [INT], { isClass: true });
    });
    const plan = planOf(
      (metadata) => {
        const pair = foreign(metadata, 'Pair');
        return { parameters: [structure(metadata.type('Outer', [INT, structure(pair)])), objectOf(foreign(metadata, 'Layout'))] };
      },
      { resolver },
    );
    expect(plan).toMatchObject({
      arguments: [{ value: { abi: { size: 12 }, blittable: true } }, { value: { nativeText: 'pointer to its fields' } }],
    });
  });

  it('that contain one another come to an end', () => {
    const there = new PInvokeMetadata('other');
    const back = there.builder.add('TypeRef', {
      ResolutionScope: there.builder.add('AssemblyRef', { Name: 'interop', Major: 1 }),
      Namespace: '',
      Name: 'Here',
    });
    there.type('There', [BOOL, structure(back)]);
    const here = new PInvokeMetadata();
    here.type('Here', [BOOL, structure(foreign(here, 'There'))]);
    const resolver = new Resolver(assembliesAtHand([there.build(), here.build()]));
    const plan = planOf((metadata) => ({ parameters: [reference(structure(foreign(metadata, 'There')))] }), { resolver });
    expect(plan).toMatchObject({ kind: 'unsupported', reason: expect.stringContaining('contains itself') });
  });

  it('that are not there are said to be missing', () => {
    const resolver = elsewhere(() => undefined);
    expect(planOf((metadata) => ({ parameters: [structure(foreign(metadata, 'Pair'))] }), { resolver })).toMatchObject({
      kind: 'unsupported',
      reason: 'Parameter 1: Pair is defined in another assembly, its size is not known',
    });
  });

  it('are found by a loader through its provider, in both directions', () => {
    const other = buildInteropImage({
      name: 'Other',
      architecture: 'x64',
      functions: [],
      types: [{ name: 'Triple', fields: ['int32', 'int32', 'int32'].map((type) => (types) => types.primitive(type as 'int32')) }],
    });
    const { bytes } = buildInteropImage({
      name: 'User',
      architecture: 'x64',
      host: 'ijwhost.dll',
      methods: [
        {
          name: 'In',
          slot: 'fromUnmanaged',
          signature: (types) => ({ returns: types.primitive('void'), parameters: [types.foreign('Other', 'Triple')] }),
        },
      ],
      functions: [
        {
          name: 'Out',
          signature: (types) => ({ returns: types.primitive('void'), parameters: [types.foreign('Other', 'Triple')] }),
          write: (code) => code.op(0xc3),
        },
      ],
    });
    const stubs = (options: object) => {
      const module = new Loader({ host: 'core', ...options }).load(bytes, { path: 'user.dll' }).module!;
      const [slot] = module.slots;
      const reverse = slot?.content.kind === 'reverse' ? slot.content.stub?.kind : undefined;
      return [module.pinvokes[0]!.stub.kind, reverse];
    };
    expect(stubs({})).toEqual(['unsupported', 'unsupported']);
    const provider = modulesByName([['Other.dll', { kind: 'image', bytes: other.bytes, path: 'Other.dll' }]]);
    expect(stubs({ provider })).toEqual(['plan', 'stub']);
  });
});
