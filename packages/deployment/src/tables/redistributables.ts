/** A family of libraries that come with a compiler, not with Windows. */
export interface RedistributableRow {
  readonly family: string;
  /** Names without `.dll`, in lower case. */
  readonly names: RegExp;
  /** Debug variants, which no redistributable has. */
  readonly debug: RegExp;
  /** `Visual C++ 2010 redistributable`. */
  readonly redistributable: string;
  /** Side by side: named by a manifest with a version. */
  readonly sideBySide?: string;
  readonly link: string;
  readonly source: string;
}

const LATEST = 'https://learn.microsoft.com/cpp/windows/latest-supported-vc-redist';
const DETERMINING = 'Microsoft C++, "Determining which DLLs to redistribute"';

/** The Visual C++ libraries by the version in their names. */
export const REDISTRIBUTABLES: readonly RedistributableRow[] = [
  {
    family: 'VC80',
    names: /^(?:msvc[rpm]80|mfcm?80u?|mfc80(?:chs|cht|deu|enu|esp|fra|ita|jpn|kor)|atl80|vcomp)$/,
    debug: /^(?:msvc[rpm]80d|mfcm?80u?d|vcompd)$/,
    redistributable: 'Visual C++ 2005 redistributable',
    sideBySide: 'Microsoft.VC80',
    link: LATEST,
    source: DETERMINING,
  },
  {
    family: 'VC90',
    names: /^(?:msvc[rpm]90|mfcm?90u?|mfc90(?:chs|cht|deu|enu|esp|fra|ita|jpn|kor)|atl90|vcomp90)$/,
    debug: /^(?:msvc[rpm]90d|mfcm?90u?d|vcomp90d)$/,
    redistributable: 'Visual C++ 2008 redistributable',
    sideBySide: 'Microsoft.VC90',
    link: LATEST,
    source: DETERMINING,
  },
  {
    family: 'VC100',
    names: /^(?:msvc[rp]100|mfcm?100u?|mfc100[a-z]{3}|atl100|vcomp100)$/,
    debug: /^(?:msvc[rp]100d|mfcm?100u?d|vcomp100d)$/,
    redistributable: 'Visual C++ 2010 redistributable',
    link: LATEST,
    source: DETERMINING,
  },
  {
    family: 'VC110',
    names: /^(?:msvc[rp]110|mfcm?110u?|mfc110[a-z]{3}|atl110|vcomp110|vccorlib110|vcamp110)$/,
    debug: /^(?:msvc[rp]110d|mfcm?110u?d|vcomp110d|vccorlib110d|vcamp110d)$/,
    redistributable: 'Visual C++ 2012 redistributable',
    link: LATEST,
    source: DETERMINING,
  },
  {
    family: 'VC120',
    names: /^(?:msvc[rp]120|mfcm?120u?|mfc120[a-z]{3}|atl120|vcomp120|vccorlib120|vcamp120)$/,
    debug: /^(?:msvc[rp]120d|mfcm?120u?d|vcomp120d|vccorlib120d|vcamp120d)$/,
    redistributable: 'Visual C++ 2013 redistributable',
    link: LATEST,
    source: DETERMINING,
  },
  {
    family: 'VC140',
    names:
      /^(?:vcruntime140(?:_1|_threads)?|msvcp140(?:_1|_2|_atomic_wait|_codecvt_ids)?|concrt140|vccorlib140|vcamp140|vcomp140|mfcm?140u?|mfc140[a-z]{3}|atl140)$/,
    debug:
      /^(?:vcruntime140(?:_1|_threads)?d|msvcp140(?:_1|_2)?d(?:_atomic_wait|_codecvt_ids)?|concrt140d|vccorlib140d|vcamp140d|vcomp140d|mfcm?140u?d)$/,
    redistributable: 'Visual C++ 2015-2022 redistributable',
    link: LATEST,
    source: DETERMINING,
  },
  {
    family: 'VCLibs',
    names: /^(?:vcruntime140(?:_1)?_app|msvcp140(?:_1|_2|_atomic_wait)?_app|concrt140_app|vccorlib140_app|vcamp140_app|vcomp140_app)$/,
    debug: /^(?:vcruntime140(?:_1)?d_app|msvcp140d_app|concrt140d_app|vccorlib140d_app)$/,
    redistributable: 'Microsoft.VCLibs framework package',
    link: 'https://learn.microsoft.com/troubleshoot/developer/visualstudio/cpp/libraries/c-runtime-packages-desktop-bridge',
    source: 'Microsoft C++, "C++ Runtime framework packages for Desktop Bridge"',
  },
  {
    family: 'UCRT',
    names: /^$/,
    debug: /^ucrtbased$/,
    redistributable: 'Universal C Runtime',
    link: 'https://learn.microsoft.com/cpp/windows/universal-crt-deployment',
    source: 'Microsoft C++, "Universal CRT deployment"',
  },
];

export interface RedistributableMatch {
  readonly row: RedistributableRow;
  readonly debug: boolean;
}

/** The family of a DLL; `undefined` for one of no family. With or without `.dll`, in any case. */
export function redistributableOf(name: string): RedistributableMatch | undefined {
  const bare = name.toLowerCase().replace(/\.dll$/, '');
  for (const row of REDISTRIBUTABLES) {
    if (row.names.test(bare)) return { row, debug: false };
    if (row.debug.test(bare)) return { row, debug: true };
  }
  return undefined;
}
