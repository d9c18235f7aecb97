/** Public key tokens of the frameworks: ECMA, Microsoft, Silverlight, WPF, .NET Standard, ASP.NET Core. */
const FRAMEWORK_KEYS: ReadonlySet<string> = new Set([
  'b77a5c561934e089',
  'b03f5f7f11d50a3a',
  '7cec85d7bea7798e',
  '31bf3856ad364e35',
  'cc7b13ffcd2ddd51',
  'adb9793829ddae60',
]);

/** Whether a public key token is one that Microsoft signs its frameworks with. */
export const isFrameworkKey = (publicKeyToken: string | undefined): boolean =>
  publicKeyToken !== undefined && FRAMEWORK_KEYS.has(publicKeyToken.toLowerCase());
