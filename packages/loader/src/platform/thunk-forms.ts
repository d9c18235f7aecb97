import type { RuntimeId } from '@ijw/assembly/runtime-profiles';
import type { ThunkForm } from './thunk-form.ts';
import type { ThunkPlatform } from './thunk-platform.ts';

/** The code that a runtime makes for slots and methods. */
export interface ThunkForms {
  /** UMEntryThunk: what a slot of type P|4 or P|8 points to. */
  readonly entryThunk: ThunkForm;
  /** StubPrecode: what passes a method's identity on. */
  readonly stubPrecode: ThunkForm;
  /** FixupPrecode: a method's multi-callable entry, what a slot of type P points to. */
  readonly fixupPrecode: ThunkForm;
  /** The entry of a P/Invoke: a StubPrecode, since .NET 11 a FixupPrecode. */
  readonly pinvokeEntry: ThunkForm;
  /** Bytes between interleaved code and its data: one page of stubs. */
  readonly dataDistance: number;
}

/** `GetStubCodePageSize`: 4 KiB in .NET 7 (vm/amd64/thunktemplates.asm, `PAGE_SIZE = 4096`), 16 KiB since .NET 8 (`STUB_PAGE_SIZE = 16384`). */
const STUB_PAGE_OF_7 = 0x1000;
/** .NET interleaves pages of code with pages of the data that the code reads, this far behind it (vm/loaderheap, "interleaved heap"). */
export const DATA_DISTANCE = 0x4000;

/** Fields of a UMEntryThunk before its code (vm/dllimportcallback.h): target, method, object, marshalling information; .NET Framework has the domain too. */
const CORE_FIELDS = 4;
const FRAMEWORK_FIELDS = 5;

/** Everything in place: .NET Framework and .NET up to 6. */
const inPlace = ({ inPlace: forms }: ThunkPlatform, fields: number): ThunkForms => ({
  entryThunk: forms.entryThunk(fields),
  stubPrecode: forms.stubPrecode,
  fixupPrecode: forms.fixupPrecode,
  pinvokeEntry: forms.stubPrecode,
  dataDistance: DATA_DISTANCE,
});

/** Precodes came from templates first, UMEntryThunks with .NET 10. */
const precodesInterleaved = ({ inPlace: { entryThunk }, interleaved }: ThunkPlatform, dataDistance: number): ThunkForms => ({
  entryThunk: entryThunk(CORE_FIELDS),
  ...interleaved,
  pinvokeEntry: interleaved.stubPrecode,
  dataDistance,
});

const allInterleaved = ({ interleaved }: ThunkPlatform, pinvoke: 'stubPrecode' | 'fixupPrecode'): ThunkForms => ({
  entryThunk: interleaved.stubPrecode,
  ...interleaved,
  pinvokeEntry: interleaved[pinvoke],
  dataDistance: DATA_DISTANCE,
});

/**
 * Seen of CoreCLR 6.0.13, 8.0.30, 9.0.19, 10.0.12 and 11.0.0 on x64; the other rows, x86 and arm64 are from the sources. The .NET Framework's are those of
 * dotnet/coreclr release/1.0, which has its code.
 */
const FORMS: Readonly<Record<RuntimeId, (platform: ThunkPlatform) => ThunkForms>> = {
  net20: (platform) => inPlace(platform, FRAMEWORK_FIELDS),
  net40: (platform) => inPlace(platform, FRAMEWORK_FIELDS),
  'netcoreapp3.1': (platform) => inPlace(platform, CORE_FIELDS),
  'net5.0': (platform) => inPlace(platform, CORE_FIELDS),
  'net6.0': (platform) => inPlace(platform, CORE_FIELDS),
  'net7.0': (platform) => precodesInterleaved(platform, STUB_PAGE_OF_7),
  'net8.0': (platform) => precodesInterleaved(platform, DATA_DISTANCE),
  'net9.0': (platform) => precodesInterleaved(platform, DATA_DISTANCE),
  'net10.0': (platform) => allInterleaved(platform, 'stubPrecode'),
  'net11.0': (platform) => allInterleaved(platform, 'fixupPrecode'),
};

export const thunkFormsOf = (platform: ThunkPlatform, runtime: RuntimeId): ThunkForms => FORMS[runtime](platform);
