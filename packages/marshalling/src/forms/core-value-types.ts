// Value types of the core library as .NET 10 lays them out (System.Private.CoreLib and the assemblies around it).

/**
 * `bits`: native code gets the fields as they are. `marshalled`: a field is a bool, a char or a decimal. `auto`: LayoutKind.Auto, which has no native form.
 * `references`: there are objects or references among the fields. `integer128`: the 128-bit integers, which no convention passes. `opaque`: bits that stand for a
 * type of the processor or of the runtime, which only a field may be.
 */
export type CoreValueType = 'bits' | 'marshalled' | 'auto' | 'references' | 'integer128' | 'opaque';

const NAMES: Readonly<Record<CoreValueType, string>> = {
  bits:
    'Guid IntPtr UIntPtr TimeSpan DateOnly TimeOnly Half Index Range HashCode Text.Rune Numerics.BFloat16 Numerics.Complex Numerics.Matrix3x2 Numerics.Matrix4x4 ' +
    'Numerics.Plane Numerics.Quaternion Numerics.Vector2 Numerics.Vector3 Numerics.Vector4 Drawing.Point Drawing.PointF Drawing.Rectangle Drawing.RectangleF ' +
    'Drawing.Size Drawing.SizeF Collections.Generic.KeyValuePair`2 Runtime.InteropServices.CLong Runtime.InteropServices.CULong Runtime.InteropServices.GCHandle ' +
    'Runtime.InteropServices.GCHandle`1 Runtime.InteropServices.NFloat Reflection.Emit.Label Reflection.Emit.OpCode',
  marshalled: 'Decimal ConsoleKeyInfo',
  auto: 'DateTime DateTimeOffset ValueTuple`1 ValueTuple`2 ValueTuple`3 ValueTuple`4 ValueTuple`5 ValueTuple`6 ValueTuple`7 ValueTuple`8',
  references:
    'ArraySegment`1 Memory`1 ReadOnlyMemory`1 ReadOnlySpan`1 Span`1 RuntimeFieldHandle RuntimeMethodHandle RuntimeTypeHandle TypedReference ' +
    'Collections.DictionaryEntry Runtime.InteropServices.ArrayWithOffset Runtime.InteropServices.HandleRef Threading.CancellationToken',
  integer128: 'Int128 UInt128',
  opaque:
    'Nullable`1 Numerics.Vector`1 Runtime.Intrinsics.Vector64`1 Runtime.Intrinsics.Vector128`1 Runtime.Intrinsics.Vector256`1 Runtime.Intrinsics.Vector512`1',
};

const KINDS = Object.keys(NAMES) as readonly CoreValueType[];

/** By full name. */
export const coreValueTypes: ReadonlyMap<string, CoreValueType> = new Map(
  KINDS.flatMap((kind) => NAMES[kind].split(' ').map((name) => [`System.${name}`, kind] as const)),
);

/** Generic structures that the runtime passes in no call, whatever their fields are (`src/coreclr/vm/mlinfo.cpp`, IsValidForGenericMarshalling). */
export const neverPassed: ReadonlySet<string> = new Set([
  'System.Span`1',
  'System.ReadOnlySpan`1',
  ...[...coreValueTypes].flatMap(([name, kind]) => (kind === 'opaque' ? [name] : [])),
]);
