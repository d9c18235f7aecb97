import { RUNTIME_PROFILES, type RuntimeId } from '@ijw/assembly/runtime-profiles';
import { hexDigits } from '@ijw/binary';
import { findingRule } from '../checks/checks.ts';
import type { Finding } from '../findings/finding.ts';
import { type LoadCode, loadCodes } from '../tables/load-codes.ts';

/** What a code means, on one runtime or on all, and for one deployment. */
export interface CodeDocument {
  /** Unsigned. */
  readonly code: number;
  readonly name: string;
  readonly exception?: string;
  readonly text: string;
  readonly meaning: string;
  /** What differs: on the runtime that was asked about, or on all. */
  readonly runtimes: readonly { readonly runtimes: readonly RuntimeId[]; readonly meaning: string }[];
  readonly causes: readonly { readonly id: string; readonly title: string; readonly fix: string }[];
  /** The findings of the deployment that end with the code. */
  readonly findings: readonly Finding[];
  readonly source: string;
}

/** @param findings those of a deployment, where one was given */
export const codeDocuments = (text: string, runtime: RuntimeId | undefined, findings: readonly Finding[] = []): readonly CodeDocument[] =>
  loadCodes(text).map((row) => codeDocument(row, runtime, findings));

function codeDocument(row: LoadCode, runtime: RuntimeId | undefined, findings: readonly Finding[]): CodeDocument {
  const { code, name, exception, text, meaning, byRuntime = [], source } = row;
  return {
    code,
    name,
    ...(exception !== undefined && { exception: `System.${exception}` }),
    text,
    meaning,
    runtimes: byRuntime.filter(({ runtimes }) => runtime === undefined || runtimes.includes(runtime)),
    causes: row.findings.flatMap((id) => {
      const rule = findingRule(id);
      return rule === undefined ? [] : [{ id, title: rule.title, fix: rule.fix.replaceAll(/\{(\w+)\}/g, '$1') }];
    }),
    findings: findings.filter((finding) => endsWith(finding, code)),
    source,
  };
}

/** The exit codes of programs have the same causes as the errors of loads. */
const SAME: ReadonlyMap<number, number> = new Map([
  [0xc0000135, 0x8007007e],
  [0xc0000139, 0x8007007f],
  [0xc000007b, 0x800700c1],
  [0xe06d7363, 0x800080a3],
]);

const endsWith = ({ hresult, text = '' }: Finding, code: number): boolean =>
  hresult === code || hresult === SAME.get(code) || text.toUpperCase().includes(`0X${hexDigits(code, 8).toUpperCase()}`);

/** The text of `ijw doctor --code`. */
export function codeText({ code, name, exception, text, meaning, runtimes, causes, findings, source }: CodeDocument): string {
  const lines = [
    `0x${hexDigits(code, 8).toUpperCase()}  ${name}`,
    ...(exception === undefined ? [] : [`  ${exception}`]),
    `  "${text}"`,
    '',
    `  ${meaning}`,
    ...runtimes.map((each) => `  ${each.runtimes.map((id) => RUNTIME_PROFILES[id].name).join(', ')}: ${each.meaning}`),
  ];
  const here = findings.map(({ id, message, fix }) => `  ${id}  ${message}\n         ${fix}`);
  const known = causes.map(({ id, title, fix }) => `  ${id}  ${title}\n         ${fix}`);
  if (here.length > 0) lines.push('', 'Here:', ...here);
  else if (known.length > 0) lines.push('', 'Causes:', ...known);
  return `${lines.join('\n')}\n\n  (${source})\n`;
}
