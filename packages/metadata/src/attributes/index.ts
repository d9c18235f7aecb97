export { AttributeDecoder, type AttributeDecoderOptions } from './attribute-decoder.ts';
export {
  type AttributeType,
  type EnumAttributeType,
  type EnumReference,
  type PrimitiveAttributeTypeName,
  SerializationType,
  simpleAttributeTypeOf,
} from './attribute-type.ts';
export { customAttributesOfType, customAttributesOfTypes } from './attributes-of-type.ts';
export type {
  AttributeArgument,
  AttributeValue,
  BoxedAttributeValue,
  CustomAttributeValue,
  NamedAttributeArgument,
} from './custom-attribute-value.ts';
export { attributeDecoderOf, attributeTypeOf, customAttributeValue, findCustomAttribute } from './find-custom-attribute.ts';
export { type AttributeValueContext, readAttributeValue, readNamedArguments } from './read-attribute-value.ts';
export { readSerializedString, writeSerializedString } from './serialized-string.ts';
export { targetFramework } from './target-framework.ts';
export { writeAttributeValue, writeNamedArguments } from './write-attribute-value.ts';
