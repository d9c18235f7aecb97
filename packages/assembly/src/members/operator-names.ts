/** What C# calls the operators, by the names that methods have (ECMA-335 I.10.3.1 and I.10.3.2). Where a sign is unary and binary, both names are there. */
const OPERATORS: Readonly<Record<string, readonly string[]>> = {
  '+': ['op_Addition', 'op_UnaryPlus'],
  '-': ['op_Subtraction', 'op_UnaryNegation'],
  '*': ['op_Multiply'],
  '/': ['op_Division'],
  '%': ['op_Modulus'],
  '^': ['op_ExclusiveOr'],
  '&': ['op_BitwiseAnd'],
  '|': ['op_BitwiseOr'],
  '!': ['op_LogicalNot'],
  '~': ['op_OnesComplement'],
  '++': ['op_Increment'],
  '--': ['op_Decrement'],
  '<<': ['op_LeftShift'],
  '>>': ['op_RightShift'],
  '>>>': ['op_UnsignedRightShift'],
  '==': ['op_Equality'],
  '!=': ['op_Inequality'],
  '<': ['op_LessThan'],
  '>': ['op_GreaterThan'],
  '<=': ['op_LessThanOrEqual'],
  '>=': ['op_GreaterThanOrEqual'],
  true: ['op_True'],
  false: ['op_False'],
};

/** `Type.operator ==`, `Type::implicit operator string`, with a list of parameters or without. */
const OPERATOR = /^(.*?[.:\s]|)(?:(implicit|explicit)\s+)?operator(?:\s+|(?=[^\w\s]))(\S.*?)\s*(\([^()]*\))?$/;

/** A text that names an operator as C# does, with the names of the methods instead; `undefined` for another text. */
export function operatorTexts(text: string): readonly string[] | undefined {
  const match = OPERATOR.exec(text);
  if (match === null) return undefined;
  const [, before = '', conversion, sign = '', parameters = ''] = match;
  const names = conversion === undefined ? OPERATORS[sign] : [conversion === 'implicit' ? 'op_Implicit' : 'op_Explicit'];
  return names?.map((name) => `${before}${name}${parameters}`);
}
