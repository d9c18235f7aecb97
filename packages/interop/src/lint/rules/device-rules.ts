import { LEANCLR, TINYCLR } from './documentation.ts';
import type { LintRule } from './lint-rule.ts';

export const deviceRules: readonly LintRule[] = [
  {
    id: 'NI080',
    level: 'error',
    needs: 'metadata',
    title: 'Interop table does not fit the assembly',
    message: '{place}: expected {expected}, found {found}{why}',
    help: 'The device refuses the assembly ("Invalid native checksum"). Generate the table again.',
    link: TINYCLR,
  },
  {
    id: 'NI081',
    level: 'error',
    needs: 'metadata',
    title: 'Two native methods with one C++ name',
    message: '{name} is the C++ name of {other} too',
    help: 'Rename one of the methods or of their classes: dots, angle brackets and underscores all become underscores.',
    link: TINYCLR,
  },
  {
    id: 'NI082',
    level: 'warning',
    needs: 'metadata',
    title: 'InternalCall without native code',
    message: 'The method has no code, and {where}',
    help: 'Register a native method for it; without one the call throws NotSupportedException (TinyCLR), NotImplementedException (LeanCLR) or SecurityException (.NET).',
    link: LEANCLR,
  },
  {
    id: 'NI085',
    level: 'error',
    needs: 'metadata',
    title: 'Signature matches no method',
    message: '"{signature}" is not a method of the assembly{reason}',
    help: 'A registration under a signature that no method has is never found. Correct the signature.',
    link: LEANCLR,
  },
  {
    id: 'NI086',
    level: 'warning',
    needs: 'metadata',
    title: 'Short signature means several methods',
    message: '"{signature}" is registered for {count} methods',
    help: 'Overloads share the short form. Register the full form, with parameter types.',
    link: LEANCLR,
  },
  {
    id: 'NI087',
    level: 'error',
    needs: 'metadata',
    title: 'Signature registered twice',
    message: '"{signature}" is registered more than once',
    help: 'A debug build of LeanCLR asserts at the second registration; a release build silently uses its function. Remove one of them.',
    link: LEANCLR,
  },
];
