/** Rules whose pairs are whole mixed-mode images: `mixed-mode.test.ts`. */
export const MIXED_MODE_RULES = ['NI070', 'NI071', 'NI072', 'NI073', 'NI074', 'NI075', 'NI076', 'NI077'] as const;
