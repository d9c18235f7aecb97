import { makeToken, TableId } from '@ijw/metadata';
import type { LeanClrMethodEntry } from '../../leanclr/method-index.ts';
import type { ListedRegistration } from '../../leanclr/registration-list.ts';
import { formatLeanClrSignature, type LeanClrSignature } from '../../leanclr/signature.ts';
import { LeanClrSignatureError, parseLeanClrSignature } from '../../leanclr/signature-parser.ts';
import type { TableCheck } from '../context/check.ts';
import type { LintContext } from '../context/lint-context.ts';

interface ReadRegistration extends ListedRegistration {
  readonly parsed: LeanClrSignature | LeanClrSignatureError;
  /** The methods that it binds. */
  readonly found: readonly LeanClrMethodEntry[];
}

function parsedSignature(text: string): LeanClrSignature | LeanClrSignatureError {
  try {
    return parseLeanClrSignature(text);
  } catch (error) {
    if (error instanceof LeanClrSignatureError) return error;
    throw error;
  }
}

/** The registrations that lint was given, and the methods that each binds. */
export function readRegisteredMethods(context: LintContext): readonly ReadRegistration[] {
  const { registrations = [] } = context.options;
  return registrations.map((registration) => {
    const parsed = parsedSignature(registration.signature);
    const found = parsed instanceof LeanClrSignatureError ? [] : context.leanClrMethods.find(parsed, registration.kind);
    return { ...registration, parsed, found };
  });
}

/** Why a registration binds no method. */
function reasonOf(context: LintContext, { kind, parsed }: ReadRegistration): string {
  if (parsed instanceof LeanClrSignatureError) return `: ${parsed.message}, character ${parsed.position + 1}`;
  const bare = { ...parsed, module: undefined };
  const [method] = context.leanClrMethods.find(bare, 'internalCall');
  if (method === undefined) return '';
  if (kind === 'pinvoke' && method.isInternalCall) return ': it is an internal call, which is not looked up among P/Invokes';
  if (kind === 'pinvoke' && !method.isPInvoke) return ': the method has IL, which only an internal call or intrinsic overrides';
  if (parsed.module === undefined) return '';
  if (parsed.module !== method.signature.module) return `: the assembly is called ${method.signature.module}, not ${parsed.module}`;
  return ': only P/Invokes are looked up with an assembly name';
}

/** NI085 to NI087: signature strings of registrations against the methods of the assembly. */
export const registeredSignatures: TableCheck = {
  rules: ['NI085', 'NI086', 'NI087'],
  run(context) {
    const token = makeToken(TableId.Assembly, 1);
    const seen = new Set<string>();
    for (const registration of readRegisteredMethods(context)) {
      const { signature, kind, parsed, found } = registration;
      if (found.length === 0) context.report('NI085', { token, values: { signature, reason: reasonOf(context, registration) } });
      if (found.length > 1) context.report('NI086', { token, values: { signature, count: found.length } });
      if (parsed instanceof LeanClrSignatureError) continue;
      const key = `${kind ?? ''} ${formatLeanClrSignature(parsed)}`;
      if (seen.has(key)) context.report('NI087', { token, values: { signature } });
      seen.add(key);
    }
  },
};
