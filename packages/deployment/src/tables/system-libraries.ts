import { isSystemDll } from '@ijw/pe/imports';
import type { OperatingSystem } from './operating-systems.ts';

/** System DLLs that a version of Windows does not have. */
interface AbsentRow {
  readonly os: OperatingSystem;
  /** Names without `.dll`, in lower case, parted by spaces. */
  readonly names: readonly string[];
  readonly source: string;
}

const ABSENT: readonly AbsentRow[] = [
  {
    os: 'win7',
    names: [
      'amsi combase cryptowinrt d3d12 d3dcompiler_47 dcomp directmanipulation dxcore kernel.appcore mfmediaengine msvcp_win ninput rtworkq shcore',
      'threadpoolwinrt ucrtbase uxinit win32u windows.devices.enumeration windows.gaming.input windows.gaming.ui.gamebar windows.globalization',
      'windows.media windows.media.devices windows.media.speech windows.networking wintypes wofutil xaudio2_8 xaudio2_9 xinput1_4 xinputuap',
    ],
    source: 'Windows API reference, "Minimum supported client" of their functions',
  },
  {
    os: 'nanoserver',
    names: [
      'aclui atlthunk avicap32 avifil32 avrt browseui comctl32 comdlg32 compstui credui ctl3d32 d2d1 d3d10 d3d10_1 d3d11 d3d12 d3d8 d3d9 d3dcompiler_47',
      'dciman32 dcomp ddraw dinput dinput8 dsound dwmapi dwrite dxgi dxva2 explorerframe gdi32 gdiplus glu32 hlink ieframe imm32 inetcomm mapi32 mf',
      'mfplat mfplay mfreadwrite msacm32 mscoree msctf msftedit mshtml msimg32 msi msvfw32 odbc32 oleacc oledlg opengl32 printui quartz riched20',
      'shdocvw shell32 uianimation uiautomationcore uiribbon usp10 uxtheme winmm winspool winspool.drv wmp wmvcore xpsprint',
    ],
    source: 'Windows Server documentation, "Nano Server": without a desktop and .NET Framework',
  },
];

const bareName = (name: string): string =>
  name
    .toLowerCase()
    .replace(/^.*[\\/]/, '')
    .replace(/\.dll$/, '');

const absent: ReadonlyMap<OperatingSystem, ReadonlySet<string>> = new Map(
  ABSENT.map(({ os, names }) => [os, new Set(names.flatMap((line) => line.split(' ')))]),
);

/** `api-ms-win-crt-…`: the Universal CRT, which Windows 10 has and older versions get by KB2999226. */
export const isUcrtApiSet = (name: string): boolean => /^api-ms-win-crt-/.test(bareName(name)) || bareName(name) === 'ucrtbase';

export const isApiSet = (name: string): boolean => /^(?:api|ext)-ms-/.test(bareName(name));

/** The contracts of Windows 7 (Windows documentation, "Windows API sets": level 1-1-0 of the core, security and service sets). */
const API_SETS_OF_WINDOWS_7 =
  /^api-ms-win-(?:core-(?:console|datetime|debug|delayload|errorhandling|fibers|file|handle|heap|interlocked|io|libraryloader|localization|localregistry|memory|misc|namedpipe|processenvironment|processthreads|profile|rtlsupport|string|synch|sysinfo|threadpool|util|xstate)|security-(?:base|lsalookup|sddl)|service-(?:core|management|winsvc))-l\d-1-0$/;

/** Whether the DLL comes with that version of Windows. With or without `.dll`, in any case. */
export function isOfSystem(os: OperatingSystem, name: string): boolean {
  const bare = bareName(name);
  if (os === 'linux' || os === 'macos' || !isWindowsLibrary(bare)) return false;
  if (os === 'win7' && isApiSet(bare)) return API_SETS_OF_WINDOWS_7.test(bare);
  return absent.get(os)?.has(bare) !== true;
}

/** DLLs of Windows that no program imports from System32 but those that look for one feature. */
const MORE: ReadonlySet<string> = new Set(
  (
    'activeds hhctrl.ocx bcryptprimitives clfsw32 computecore d3dcsx_47 davhlpr dnsrslvr dxcore eventlog fwbase icu icuin icuuc inkcanvas kernel.appcore mdmregistration ' +
    'microsoft.bluetooth.proxy mmcbase msdrm ncryptprov ncsi nlaapi nlssorting oleaut32 p2p p2pcollab pcwum pnrpnsp profapi propsys prntvpt rasman rdpendp ' +
    'sfcfiles slwga sspisrv storageusage tbs twinapi twinapi.appcore uxinit wcmapi winbio winhvplatform winhvemulation winipcsecproc winrnr winsync wpnapps wship6 wtsapi32'
  ).split(' '),
);

/** Whether a DLL is one of Windows, of whatever version. */
export const isWindowsLibrary = (name: string): boolean => isSystemDll(name) || MORE.has(bareName(name));

/** Libraries that every Linux with glibc or musl, and every macOS, has ("Filesystem Hierarchy Standard", LSB Core). */
const UNIX_LIBRARIES: Readonly<Record<'linux' | 'macos', RegExp>> = {
  linux:
    /^(?:lib)?(?:c|m|dl|pthread|rt|resolv|util|gcc_s|stdc\+\+|nsl|anl|crypt|c\.musl-[a-z0-9_]+|linux-vdso|ld-linux(?:-[a-z0-9-]+)?|ld-musl-[a-z0-9_]+|ld64)(?:\.so(?:\.[0-9.]+)?)?$/i,
  macos:
    /^(?:\/usr\/lib\/.*|\/System\/Library\/.*|(?:lib)?(?:system|system\.b|c|m|dl|pthread|objc|c\+\+|z|proc|sandbox|resolv)(?:\.[a-z0-9]+)*(?:\.dylib)?)$/i,
};

/** Whether a library comes with every system of the kind. */
export const isOfUnix = (os: 'linux' | 'macos', name: string): boolean => UNIX_LIBRARIES[os].test(name);

/** Libraries that packages of a distribution bring; which of them a machine has only it knows. */
const PACKAGED =
  /^(?:lib)?(?:ssl|crypto|icu[a-z]+|gssapi_krb5|krb5|gss|ldap(?:-2\.[0-9])?|lber|z|bz2|lzma|zstd|curl|lttng-ust(?:-[a-z]+)?|x11|xext|xi|xrandr|xrender|xcursor|xinerama|xcb|gl|egl|gles.*|vulkan|gdk.*|gtk.*|glib.*|gobject.*|gio.*|pango.*|cairo.*|gdiplus|fontconfig|freetype|harfbuzz.*|png.*|jpeg|tiff|sqlite3|odbc|numa|systemd|udev|dbus-1|asound|pulse|openal|sdl2|uuid|unwind.*|atomic|gomp|gfortran|quadmath|usb-1\.0|pcap|secret-1|webkit2gtk.*|msquic)(?:\.so(?:\.[0-9.]+)?|\.dylib)?$/i;

/** Whether a library comes with a package of the system. */
export const isPackaged = (name: string): boolean => PACKAGED.test(name);
