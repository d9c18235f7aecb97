/** Custom attributes that mark a crossing between managed and native code, by their full names (System.Runtime.InteropServices and its neighbours). */
const SERVICES = 'System.Runtime.InteropServices';
const COMPILER = 'System.Runtime.CompilerServices';

export const interopAttributes = {
  unmanagedCallersOnly: `${SERVICES}.UnmanagedCallersOnlyAttribute`,
  unmanagedCallConv: `${SERVICES}.UnmanagedCallConvAttribute`,
  unmanagedFunctionPointer: `${SERVICES}.UnmanagedFunctionPointerAttribute`,
  suppressGCTransition: `${SERVICES}.SuppressGCTransitionAttribute`,
  libraryImport: `${SERVICES}.LibraryImportAttribute`,
  defaultDllImportSearchPaths: `${SERVICES}.DefaultDllImportSearchPathsAttribute`,
  lcidConversion: `${SERVICES}.LCIDConversionAttribute`,
  bestFitMapping: `${SERVICES}.BestFitMappingAttribute`,
  dynamicInterfaceCastableImplementation: `${SERVICES}.DynamicInterfaceCastableImplementationAttribute`,
  guid: `${SERVICES}.GuidAttribute`,
  interfaceType: `${SERVICES}.InterfaceTypeAttribute`,
  classInterface: `${SERVICES}.ClassInterfaceAttribute`,
  coClass: `${SERVICES}.CoClassAttribute`,
  comVisible: `${SERVICES}.ComVisibleAttribute`,
  dispId: `${SERVICES}.DispIdAttribute`,
  generatedComInterface: `${SERVICES}.Marshalling.GeneratedComInterfaceAttribute`,
  generatedComClass: `${SERVICES}.Marshalling.GeneratedComClassAttribute`,
  customMarshaller: `${SERVICES}.Marshalling.CustomMarshallerAttribute`,
  nativeMarshalling: `${SERVICES}.Marshalling.NativeMarshallingAttribute`,
  disableRuntimeMarshalling: `${COMPILER}.DisableRuntimeMarshallingAttribute`,
  inlineArray: `${COMPILER}.InlineArrayAttribute`,
  unsafeAccessor: `${COMPILER}.UnsafeAccessorAttribute`,
  generatedCode: 'System.CodeDom.Compiler.GeneratedCodeAttribute',
  compilerGenerated: `${COMPILER}.CompilerGeneratedAttribute`,
  windowsRuntimeType: 'WinRT.WindowsRuntimeTypeAttribute',
} as const;

export type InteropAttribute = keyof typeof interopAttributes;
