import type { Architecture } from '@ijw/machine';
import { type Metadata, typeText } from '@ijw/metadata';
import { decodeMethodSignature, SignatureFlags, type TypeNode, typeNodes } from '@ijw/metadata/signatures';
import { type AbiType, pointerType, type Unsupported, unsupported } from '../abi/abi-type.ts';
import type { CallPlacement } from '../abi/call-placement.ts';
import { placeCall } from '../abi/place-call.ts';
import type { TypeMeasure } from '../abi/type-measure.ts';
import { placeManagedCallX86 } from '../abi/x86-managed.ts';
import type { Conversion, CrossingParameter } from '../crossing-type.ts';
import { VOID_TREE } from '../native/native-tree.ts';

/** A call of a method by its own entry, with the convention of managed code: values are passed as managed code holds them. */
export interface ManagedCallPlan {
  readonly kind: 'plan';
  readonly result: CrossingParameter;
  readonly parameters: readonly CrossingParameter[];
  readonly placement: CallPlacement;
}

export interface ManagedCallInput {
  readonly architecture: Architecture;
  readonly metadata: Metadata;
  readonly measure: TypeMeasure;
  readonly signature: Uint8Array;
}

interface ManagedForm {
  readonly abi: AbiType;
  readonly conversion?: Conversion;
}

/** @throws BadImageError when the signature or what it names cannot be read */
export function planManagedCall({ architecture, metadata, measure, signature }: ManagedCallInput): ManagedCallPlan | Unsupported {
  const { header, returnType, parameterTypes } = decodeMethodSignature(signature, typeNodes);
  if (header & SignatureFlags.HasThis) return unsupported('The entry of an instance method is not evaluated');
  if (header & SignatureFlags.Generic) return unsupported('The entry of a generic method is not evaluated');
  const values: CrossingParameter[] = [];
  for (const [position, type] of [returnType, ...parameterTypes].entries()) {
    const form = managedForm(measure, type);
    if ('kind' in form) return form;
    values.push(managedValue(position, typeText(metadata, type), form));
  }
  const [result, ...parameters] = values as [CrossingParameter, ...CrossingParameter[]];
  const placement = placeManagedCall(
    architecture,
    parameters.map(({ abi }) => abi),
    result.abi,
  );
  return 'kind' in placement ? placement : { kind: 'plan', result, parameters, placement };
}

/** On x64 and arm64 a static method is called as a native function is. */
function placeManagedCall(architecture: Architecture, parameters: readonly AbiType[], result: AbiType): CallPlacement | Unsupported {
  if (architecture === 'x86') return placeManagedCallX86(parameters, result);
  return placeCall(architecture, { convention: 'cdecl', memberFunction: false, variadic: false, parameters, result });
}

const managedValue = (position: number, managed: string, { abi, conversion = { kind: 'none' } }: ManagedForm): CrossingParameter => ({
  position,
  name: '',
  flags: 0,
  managed,
  native: VOID_TREE,
  nativeText: managed,
  abi,
  blittable: true,
  conversion,
  because: 'A managed caller passes managed values',
});

function managedForm(measure: TypeMeasure, type: TypeNode): ManagedForm | Unsupported {
  const reference: ManagedForm = { abi: pointerType(measure.pointerSize), conversion: { kind: 'address' } };
  switch (type.kind) {
    case 'modified':
      return managedForm(measure, type.unmodified);
    case 'primitive':
      return primitiveForm(measure, type, reference);
    case 'named':
      return type.valueType ? measured(measure, type) : reference;
    case 'pointer':
    case 'functionPointer':
    case 'byReference':
    case 'szArray':
    case 'array':
      return reference;
    default:
      return measured(measure, type);
  }
}

function primitiveForm(
  measure: TypeMeasure,
  type: TypeNode & { readonly kind: 'primitive' },
  reference: ManagedForm,
): ManagedForm | Unsupported {
  switch (type.type) {
    case 'bool':
      return { abi: { kind: 'integer', size: 1, signed: false }, conversion: { kind: 'boolean', trueValue: 1 } };
    case 'char':
      return { abi: { kind: 'integer', size: 2, signed: false }, conversion: { kind: 'character', encoding: 'utf16' } };
    case 'string':
    case 'object':
      return reference;
    default:
      return measured(measure, type);
  }
}

function measured(measure: TypeMeasure, type: TypeNode): ManagedForm | Unsupported {
  const abi = measure.of(type);
  return abi.kind === 'unsupported' ? abi : { abi };
}
