/**
 * Files that import each other, if only for their types, because what they read or print does: types hold names, and names hold types. Written
 * `package: file file …`.
 */
export const NATURAL_RECURSION: readonly string[] = [
  'demangle: function-types.ts modifiers.ts names.ts operator-names.ts pointers.ts string-literals.ts symbols.ts template-constants.ts templates.ts types.ts',
  'demangle: printer/print-function.ts printer/print-name.ts printer/print-pointer.ts printer/print-symbol.ts printer/print-template-argument.ts printer/print-type.ts',
  // An instruction is executed on the processor, whose accesses take operands of instructions.
  'machine: instructions/x86/interpreter/micro-op.ts instructions/x86/interpreter/x86-cpu.ts',
  // A structure has fields, whose forms are structures.
  'marshalling: forms/class-kind.ts forms/native-form.ts forms/native-structure.ts forms/native-type-of.ts',
  'metadata: names/type-full-name.ts names/type-text.ts',
];
