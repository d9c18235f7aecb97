// What casts and interface calls ask an IDynamicInterfaceCastable object, and what they throw: each expected value is .NET 10's.
import {
  type CastableObject,
  DynamicInterfaceCastableSimulation,
  type ImplementationType,
  type InterfaceType,
} from '@ijw/interop/dynamic-interface-castable';
import { beforeEach, describe, expect, it } from 'vitest';

const IG: InterfaceType = { name: 'IG', methods: ['Hello', 'Goodbye'] };
const IA: InterfaceType = { name: 'IA', methods: ['A'] };
const IB: InterfaceType = { name: 'IB', methods: ['B'], interfaces: [IA] };

const implementation = (name: string, type: InterfaceType, parts: Partial<ImplementationType> = {}): ImplementationType => ({
  name,
  isInterface: true,
  isMarked: true,
  interfaces: [type],
  bodies: {},
  ...parts,
});
const IGImpl = implementation('IGImpl', IG, { bodies: { 'IG.Hello': (self) => `Hello World from ${(self as CastableObject).type.name}` } });
const INoAttr = implementation('INoAttr', IG, { isMarked: false, bodies: { 'IG.Hello': () => 'n' } });

const runtime = new DynamicInterfaceCastableSimulation();
let log: string[] = [];
beforeEach(() => {
  log = [];
});

type Get = (type: InterfaceType) => ImplementationType | undefined;

const type = (name: string, interfaces: readonly InterfaceType[] = []) => ({ name, interfaces });

function castable(own: CastableObject['type'], get: Get, is: (type: InterfaceType) => boolean = () => true): CastableObject {
  return {
    type: own,
    dynamic: {
      isInterfaceImplemented: (asked, throws) => {
        log.push(`is ${asked.name} ${throws}`);
        return is(asked);
      },
      getInterfaceImplementation: (asked) => {
        log.push(`get ${asked.name}`);
        return get(asked);
      },
    },
  };
}

/** The value or the exception's type, and what the object was asked. */
function outcome(act: () => unknown): readonly [unknown, string] {
  log = [];
  try {
    return [act(), log.join(';')];
  } catch (error) {
    return [(error as { type?: string }).type?.replace(/^.*\./, '') ?? (error as Error).message, log.join(';')];
  }
}

/** Results of so many calls, each with what was asked. */
const calls = (count: number, object: CastableObject, of: InterfaceType, method: string): readonly string[] =>
  Array.from({ length: count }, () => outcome(() => runtime.call(object, of, method)).join('/'));

const castAndCall = (object: CastableObject, of: InterfaceType, method: string) =>
  outcome(() => runtime.call(runtime.cast(object, of), of, method));

describe('an IDynamicInterfaceCastable object', () => {
  it('is asked by the first two resolutions of a method, then its type is known', () => {
    const fresh: InterfaceType = { name: 'IG', methods: ['Hello', 'Goodbye'] };
    const bodies = { 'IG.Hello': () => 'H', 'IG.Goodbye': () => 'G' };
    const D11 = type('D11');
    const x = castable(D11, () => implementation('Impl', fresh, { bodies }));
    expect(calls(4, x, fresh, 'Hello')).toEqual(['H/get IG', 'H/get IG', 'H/', 'H/']);
    const y = castable(D11, () => INoAttr);
    expect(calls(3, y, fresh, 'Hello')).toEqual(['H/', 'H/', 'H/']);
    expect(calls(3, x, fresh, 'Goodbye')).toEqual(['G/get IG', 'G/get IG', 'G/']);
    const other = castable(type('D12'), () => implementation('Impl', fresh, { bodies }));
    expect(calls(3, other, fresh, 'Hello')).toEqual(['H/get IG', 'H/', 'H/']);
  });

  it('is asked at every cast, and again at every call that fails', () => {
    const o = castable(
      type('D1'),
      () => IGImpl,
      (asked) => asked === IG,
    );
    expect(outcome(() => runtime.isInstance(o, IG))).toEqual([true, 'is IG false']);
    expect(outcome(() => runtime.cast(o, IG) === o)).toEqual([true, 'is IG true']);
    expect(castAndCall(o, IG, 'Hello')).toEqual(['Hello World from D1', 'is IG true;get IG']);
    for (let call = 0; call < 3; call++)
      expect(castAndCall(o, IG, 'Goodbye')).toEqual(['EntryPointNotFoundException', 'is IG true;get IG']);
  });

  it('is asked again after a failure, and failures count for nothing', () => {
    const fresh: InterfaceType = { name: 'I2', methods: ['N'] };
    let body: ImplementationType['bodies'] = {};
    const x = castable(type('X4'), () => implementation('I2Impl', fresh, { bodies: body }));
    expect(calls(2, x, fresh, 'N')).toEqual(['EntryPointNotFoundException/get I2', 'EntryPointNotFoundException/get I2']);
    body = { 'I2.N': () => 'n' };
    expect(calls(3, x, fresh, 'N')).toEqual(['n/get I2', 'n/get I2', 'n/']);
  });

  it.each<readonly [string, ImplementationType | undefined, string]>([
    ['a default handle', undefined, 'InvalidCastException'],
    ['no attribute', INoAttr, 'InvalidOperationException'],
    ['a class', { ...IGImpl, isInterface: false }, 'InvalidOperationException'],
    ['another interface', { ...IGImpl, interfaces: [IA] }, 'InvalidOperationException'],
    ['no body', { ...IGImpl, bodies: {} }, 'EntryPointNotFoundException'],
  ])('is refused for %s', (_title, given, exception) => {
    const object = castable(type('D2'), () => given);
    expect(castAndCall(object, IG, 'Hello')).toEqual([exception, 'is IG true;get IG']);
    expect(castAndCall(object, IG, 'Hello')).toEqual([exception, 'is IG true;get IG']);
  });

  it('says no, or throws', () => {
    const no = castable(
      type('D6'),
      () => IGImpl,
      () => false,
    );
    expect(outcome(() => runtime.cast(no, IG))).toEqual(['InvalidCastException', 'is IG true']);
    expect(outcome(() => runtime.isInstance(no, IG))).toEqual([false, 'is IG false']);
    const throws = castable(
      type('D7'),
      () => IGImpl,
      () => {
        throw new Error('FormatException');
      },
    );
    expect(outcome(() => runtime.isInstance(throws, IG))).toEqual(['FormatException', 'is IG false']);
  });

  it("is not asked for its type's own interfaces", () => {
    const own: CastableObject = {
      ...castable(
        type('D8', [IB]),
        () => undefined,
        () => false,
      ),
      methods: { 'IA.A': () => 5 },
    };
    expect(outcome(() => runtime.call(runtime.cast(own, IA), IB, 'A'))).toEqual([5, '']);
  });

  it('is asked by the interface that declares the method', () => {
    const IAImpl = implementation('IAImpl', IA, { bodies: { 'IA.A': () => 7 } });
    const IBImpl = implementation('IBImpl', IB, {
      bodies: { 'IA.A': () => 1, 'IB.B': (self) => 2 + Number(runtime.call(self as CastableObject, IA, 'A')) },
    });
    const o = castable(type('D9'), (asked) => (asked === IA ? IAImpl : IBImpl));
    expect(castAndCall(o, IB, 'B')).toEqual([9, 'is IB true;get IB;get IA']);
    expect(castAndCall(o, IB, 'A')).toEqual([7, 'is IB true;get IA']);
    expect(castAndCall(o, IA, 'A')).toEqual([7, 'is IA true']);
  });

  it('is asked by calls inside a body, which fail again and again', () => {
    const calling = implementation('IGCalls', IG, {
      bodies: { 'IG.Hello': (self) => runtime.call(self as CastableObject, IG, 'Goodbye') },
    });
    const o = castable(type('D10'), () => calling);
    expect(castAndCall(o, IG, 'Hello')).toEqual(['EntryPointNotFoundException', 'is IG true;get IG;get IG']);
  });
});

describe('the body of a method', () => {
  const I6: InterfaceType = { name: 'I6', methods: ['M'] };
  const inheriting = (name: string, body: string): InterfaceType => ({
    name,
    methods: [],
    interfaces: [I6],
    bodies: { 'I6.M': () => body },
  });
  const call = (given: ImplementationType, of = I6) =>
    outcome(() =>
      runtime.call(
        castable(type('X'), () => given),
        of,
        'M',
      ),
    )[0];

  it('comes from an inherited interface, marked or not, or from the interface itself', () => {
    expect(call(implementation('IMarked', inheriting('IUnmarkedBase', 'ub')))).toBe('ub');
    const withDefault: InterfaceType = { name: 'IDef', methods: ['M'], bodies: { 'IDef.M': () => 'default' } };
    expect(call(implementation('IDefImpl', withDefault), withDefault)).toBe('default');
    const derived: InterfaceType = { ...inheriting('IDerived', 'derived'), interfaces: [inheriting('IBase', 'base')] };
    expect(call(implementation('IDerImpl', derived))).toBe('derived');
  });

  it('is ambiguous between two interfaces that do not inherit each other', () => {
    const diamond = implementation('IDiamond', I6, { interfaces: [inheriting('IL6', 'L'), inheriting('IR6', 'R')] });
    expect(call(diamond)).toBe('AmbiguousImplementationException');
  });
});
