import { type Diagnostic, hex, printable, type Severity } from '@ijw/binary';
import type { ChalkInstance } from 'chalk';

/** What readers found, a line each, after what could be read. */
export function diagnosticLines(diagnostics: readonly Diagnostic[], style: ChalkInstance): string {
  const paint: Readonly<Record<Severity, (text: string) => string>> = { error: style.red, warning: style.yellow, info: style.dim };
  return diagnostics.map((diagnostic) => `${paint[diagnostic.severity](printable(diagnosticLine(diagnostic)))}\n`).join('');
}

function diagnosticLine({ severity, code, offset, rva, token, reading, message }: Diagnostic): string {
  const places = [
    offset !== undefined && `offset ${hex(offset)}`,
    rva !== undefined && `RVA ${hex(rva)}`,
    token !== undefined && `token ${hex(token, 8)}`,
  ].filter(Boolean);
  const place = places.length > 0 ? ` at ${places.join(', ')}` : '';
  return `${severity}: ${code}${place} while reading ${reading}: ${message}`;
}
