/**
 * The DLLs of Windows 10 and 11 themselves, without `.dll`, in lower case: \KnownDlls and what else programs import from System32. From the modules that Wine
 * implements and the import libraries of mingw-w64, without redistributables (Visual C++, DirectX) and drivers.
 */
const SYSTEM_DLLS: ReadonlySet<string> = new Set(
  [
    'acledit aclui activeds actxprxy adsldp adsldpc advapi32 advpack amsi amstream apisetschema apphelp atl atlthunk atmlib authz avicap32',
    'avifil32 avrt bcrypt bluetoothapis browseui cabinet capi2032 cards cdosys cfgmgr32 clbcatq clusapi combase comcat comctl32 comdlg32 compstui',
    'comsvcs connect credui crtdll crypt32 cryptdlg cryptdll cryptext cryptnet cryptowinrt cryptsp cryptui ctl3d32 d2d1 d3d10 d3d10_1 d3d10core',
    'd3d11 d3d12 d3d8 d3d8thk d3d9 d3dcompiler_47 d3dim d3dim700 d3drm d3dxof davclnt dbgeng dbghelp dciman32 dcomp ddraw ddrawex devenum',
    'dhcpcsvc dhcpcsvc6 diasymreader difxapi dinput dinput8 directmanipulation dispex dmband dmcompos dmime dmloader dmscript dmstyle dmsynth',
    'dmusic dmusic32 dnsapi dplay dplayx dpnaddr dpnet dpnhpast dpnhupnp dpnlobby dpvoice dpwsockx drmclien dsdmo dsound dsquery dssenh dsuiext',
    'dswave dwmapi dwrite dx8vb dxdiagn dxgi dxtrans dxva2 esent evr explorerframe faultrep feclient fltlib fntcache fontsub fusion fwpuclnt',
    'gameux gamingtcui gdi32 gdiplus glu32 gpkcsp hal hid hlink hnetcfg httpapi ia2comproxy iccvid icmp ieframe ieproxy imagehlp imm32 inetcomm',
    'inetmib1 infosoft initpki inkobj inseng iphlpapi iprop itircl itss jscript jsproxy kerberos kernel32 kernelbase ksuser ktmw32 loadperf',
    'localspl localui logoncli lz32 mapi32 mapistub mciavi32 mcicda mciqtz32 mciseq mciwave mf mf3216 mferror mfmediaengine mfplat mfplay',
    'mfreadwrite mfsrcsnk mgmtapi midimap mlang mmcndmgr mmdevapi mp3dmod mpr mprapi mqrt msacm32 msacm32.drv msado15 msasn1 mscat32 mscms',
    'mscoree msctf msctfmonitor msctfp msdaps msdasql msdelta msdmo msdrm msftedit mshtml msi msident msimg32 msimsg msimtf msisip msls31 msnet32',
    'mspatcha msports msrle32 mssign32 mssip32 mstask msv1_0 msvcirt msvcp60 msvcp_win msvcrt msvcrt20 msvcrt40 msvfw32 msvidc32 mswsock msxml',
    'msxml2 msxml3 msxml4 msxml6 mtxdm ncrypt nddeapi netapi32 netcfgx netprofm netutils newdev ninput normaliz npmshtml npptools ntdll ntdsapi',
    'ntprint objsel odbc32 odbcbcp odbccp32 odbccu32 ole32 oleacc oleaut32 olecli32 oledb32 oledlg olepro32 olesvr32 olethk32 opcservices',
    'opengl32 packager pdh photometadatahandler pidgen powrprof printui prntvpt propsys psapi pstorec pwrshplugin qasf qcap qdvd qedit qmgr',
    'qmgrprxy quartz query qwave rasapi32 rasdlg regapi resutils riched20 riched32 rpcrt4 rsabase rsaenh rstrtmgr rtutils rtworkq samcli samlib',
    'sapi sas scarddlg sccbase schannel schedsvc scrobj scrrun sechost secur32 security sensapi serialui setupapi sfc sfc_os shcore shdoclc',
    'shdocvw shell32 shfolder shlwapi slbcsp slc snmpapi softpub spoolss sppc srclient srvcli sspicli sti strmdll svrapi sxs t2embed tapi32',
    'taskschd tbs tdh threadpoolwinrt traffic twain_32 tzres ucrtbase uianimation uiautomationcore uiribbon unicows updspapi url urlmon user32',
    'userenv usp10 utildll uxtheme vbscript vdmdbg version vga virtdisk vssapi wbemdisp wbemprox wdscore webservices websocket wer wevtapi',
    'wevtsvc wiaservc wimgapi win32u windows.devices.enumeration windows.gaming.input windows.gaming.ui.gamebar windows.globalization',
    'windows.media windows.media.devices windows.media.speech windows.networking windowscodecs windowscodecsext wing32 winhttp wininet winmm',
    'winnls32 winprint winscard winspool winspool.drv winsta wintab32 wintrust wintypes winusb wkscli wlanapi wlanui wldap32 wmasf wmi wmiutils',
    'wmp wmphoto wmvcore wnaspi32 wofutil wow64 wow64cpu wow64win wpc wpcap ws2_32 wsdapi wsnmp32 wsock32 wtsapi32 wuapi wuaueng xaudio2_8',
    'xaudio2_9 xinput1_4 xinput9_1_0 xinputuap xmllite xolehlp xpsprint xpssvcs zlib1',
  ].flatMap((line) => line.split(' ')),
);

/** API sets (Windows Server, "API sets"): names that the loader maps to DLLs of Windows. */
const API_SET = /^(?:api|ext)-ms-/;

/** Whether a DLL comes with Windows, so that no program brings it. With or without folders and `.dll`, in any case. */
export function isSystemDll(name: string): boolean {
  const bare = name
    .toLowerCase()
    .replace(/^.*[\\/]/, '')
    .replace(/\.dll$/, '');
  return SYSTEM_DLLS.has(bare) || API_SET.test(bare);
}
