/** Libraries that the system or the runtime brings, so that no application deploys them: without extension, in lower case. */
const SYSTEM_LIBRARIES: ReadonlySet<string> = new Set(
  [
    // Windows: \KnownDlls and what else of System32 is often imported.
    'advapi32 avicap32 avrt bcrypt cabinet cfgmgr32 clbcatq clusapi combase comctl32 comdlg32 comsvcs credui crypt32 cryptui d2d1 d3d11 d3d12 d3d9 dbghelp',
    'dcomp dhcpcsvc dnsapi dsound dwmapi dwrite dxgi esent fwpuclnt gdi32 gdiplus hid httpapi imagehlp imm32 iphlpapi kernel32 kernelbase ktmw32 logoncli',
    'mpr mqrt mscms mscoree mscorwks msctf msi msimg32 mstask msvcrt mswsock ncrypt netapi32 normaliz ntdll ntdsapi odbc32 ole32 oleacc oleaut32 opengl32',
    'pdh powrprof propsys psapi rasapi32 rpcrt4 rstrtmgr samcli sechost secur32 setupapi shcore shell32 shlwapi srvcli sspicli tbs tdh ucrtbase urlmon user32',
    'userenv usp10 uxtheme version virtdisk wer wevtapi winhttp wininet winmm winscard winspool winspool.drv wintrust winusb wkscli wldap32 wlanapi ws2_32 wtsapi32 xinput1_4',
    // The systems that .NET runs on beside Windows.
    'libc libc.so.6 libdl libdl.so.2 libm libm.so.6 libpthread librt libobjc libobjc.dylib libsystem.dylib libsystem_kernel',
    // What the runtime itself resolves.
    'qcall __internal * coreclr hostpolicy hostfxr clr mscorwks',
  ].flatMap((line) => line.split(' ')),
);

/** Whether the system or the runtime provides a library: API sets and the runtime's own shims by their prefixes, others by name. */
export function isSystemLibrary(name: string): boolean {
  const bare = name
    .toLowerCase()
    .replace(/^.*[\\/]/, '')
    .replace(/\.dll$/, '');
  return SYSTEM_LIBRARIES.has(bare) || /^(?:api-ms-win-|ext-ms-|(?:lib)?system\.[a-z.]*native)/.test(bare);
}
