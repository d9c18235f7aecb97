import { allOpCodes } from '../../opcodes/opcode-table.ts';

/** The words that ilasm 10.0 does not take as a name without quotes, measured word by word. (It takes `cil`, `managed`, `synchronized` and others of its grammar.) */
const WORDS = `
  abstract algorithm alignment amd64 ansi any arm arm64 array as assembly assert at auto autochar beforefieldinit bestfit blob blob_object
  bool brinst brnull brzero bstr byreflike bytearray byvalstr callconv callmostderived carray catch cdecl cf char charmaperror class clsid
  codelabel constraint currency custom date decimal default demand deny endfault endmac enum error explicit extends extern false famandassem
  family famorassem fastcall fault field filetime filter final finally fixed flags float float32 float64 forwarder fromunmanaged handler
  hidebysig hresult idispatch iidparam il illegal implements import in inheritcheck init initonly instance int int16 int32 int64 int8
  interface iunknown lasterr legacy library linkcheck literal lpstr lpstruct lptstr lpvoid lpwstr marshal mdtoken method modopt modreq
  nested newslot nomangle nometadata noncasdemand noncasinheritance noncaslinkdemand noplatform notserialized null nullref object objectref
  off on opt out permitonly pinned pinvokeimpl prejitdeny prejitgrant private privatescope property public record refany reqmin reqopt
  reqrefuse reqsecobj request retainappdomain retargetable rtspecialname safearray sealed sequential serializable specialname static stdcall
  storage stored_object stream streamed_object strict string struct syschar sysstring tbstr thiscall tls to true type typedref uint uint16
  uint32 uint64 uint8 unicode unmanagedexp unsigned unused userdefined value valuetype vararg variant vector virtual void wchar winapi
  windowsruntime with x86
`;

/**
 * Words that cannot be names: keywords, opcodes, and the first parts of opcodes with dots (`ldc` of `ldc.i4`), with which a dotted name would run into one.
 */
export const keywords: ReadonlySet<string> = new Set([
  ...WORDS.split(/\s+/).filter(Boolean),
  ...allOpCodes.map((opCode) => opCode.name.split('.', 1)[0]!),
]);
