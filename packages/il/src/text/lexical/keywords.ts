import { allOpCodes } from '../../opcodes/opcode-table.ts';

/** The words that ilasm's scanner takes for itself (dotnet/runtime `src/coreclr/ilasm/il_kywd.h`); none of them is a name without quotes. */
const WORDS = `
  void bool char wchar int int8 int16 int32 int64 uint uint8 uint16 uint32 uint64 float float32 float64 refany typedref object string native unsigned
  value valuetype class vararg default stdcall thiscall fastcall unmanaged cdecl in out opt static public private family final specialname
  virtual strict abstract assembly famandassem famorassem privatescope hidebysig newslot rtspecialname pinvokeimpl
  nomangle ansi unicode auto autochar lasterr winapi platformapi bestfit on off charmaperror
  instance explicit beforefieldinit initonly literal notserialized aggressiveinlining aggressiveoptimization nooptimization noinlining
  nested serializable sequential extends implements interface import sealed enum windowsruntime flags
  cil optil managed forwardref preservesig runtime internalcall synchronized
  as nullref null true false bytearray field property mdtoken custom fixed array method marshal type constraint byreflike
  modreq modopt pinned callconv alignment extern forwarder at with to catch filter finally fault handler tls
  init retainappdomain callmostderived fromunmanaged reqsecobj reqmin reqopt reqrefuse request demand assert deny permitonly linkcheck inheritcheck
  noncaslinkdemand noncasdemand noncasinheritance prejitgrant prejitdeny
  nometadata noappdomain noprocess nomachine noplatform legacy library x86 amd64 arm arm64 retargetable
  variant currency syschar decimal date bstr tbstr lpstr lpwstr lptstr objectref iunknown idispatch iinspectable struct safearray byvalstr
  lpvoid any lpstruct error safearray vector hresult carray userdefined record filetime blob stream storage streamed_object stored_object blob_object
  cf clsid iidparam hstring lputf8str ansi bstr sysstring method
  nativeint native refany strict algorithm hash
  .addon .assembly .cctor .class .corflags .ctor .custom .data .emitbyte .entrypoint .event .export .field .file .fire .get .hash .imagebase
  .import .interfaceimpl .language .line .locale .locals .manifestres .maxstack .method .module .mresource .mscorlib .namespace .other
  .override .pack .param .pdirect .permission .permissionset .property .publickey .publickeytoken .removeon .set .size .stackreserve
  .subsystem .this .base .nester .try .typedef .typelist .ver .vtable .vtentry .vtfixup .xml .zeroinit
`;

/** Keywords and the names of opcodes. */
export const keywords: ReadonlySet<string> = new Set([...WORDS.split(/\s+/).filter(Boolean), ...allOpCodes.map((opCode) => opCode.name)]);
