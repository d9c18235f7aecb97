export { type FieldData, FieldDataReader } from './field-data.ts';
export { type Extent, type LayoutRequest, type PlacedField, placeFields } from './field-placement.ts';
export { layoutRequestOf } from './layout-request.ts';
export { primitiveSizes } from './primitive-size.ts';
export { TypeSizes, type TypeSizesOptions } from './type-sizes.ts';
