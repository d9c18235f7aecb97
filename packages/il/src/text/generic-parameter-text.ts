import { hex } from '@ijw/binary';
import { GenericParamAttributes, makeToken, TableId, type Token, type TypeDefOrRefToken, tokenRid } from '@ijw/metadata';
import { writeCustomAttributes } from './custom-attribute-text.ts';
import { attempt, type Disassembly, partText } from './disassembly.ts';

/** ECMA-335 II.23.1.7, and AllowByRefLike. */
const FLAGS: readonly (readonly [mask: number, value: number, word: string])[] = [
  [GenericParamAttributes.VarianceMask, GenericParamAttributes.Covariant, '+'],
  [GenericParamAttributes.VarianceMask, GenericParamAttributes.Contravariant, '-'],
  [GenericParamAttributes.ReferenceTypeConstraint, GenericParamAttributes.ReferenceTypeConstraint, 'class'],
  [GenericParamAttributes.NotNullableValueTypeConstraint, GenericParamAttributes.NotNullableValueTypeConstraint, 'valuetype'],
  [GenericParamAttributes.AllowByRefLike, GenericParamAttributes.AllowByRefLike, 'byreflike'],
  [GenericParamAttributes.DefaultConstructorConstraint, GenericParamAttributes.DefaultConstructorConstraint, '.ctor'],
];
const KNOWN = FLAGS.reduce((known, [mask]) => known | mask, 0);

/** `<class .ctor (Base) T, + U>`, or nothing without generic parameters. @throws BadImageError */
export function writeGenericParameters(disassembly: Disassembly, owner: Token): void {
  const { metadata, namedBy, sink } = disassembly;
  if (!namedBy.genericParam.has(owner)) return;
  const { GenericParam } = metadata.tables;
  const rids = [...metadata.genericParamsOf(owner)].sort((a, b) => GenericParam.get(a, 'Number') - GenericParam.get(b, 'Number'));
  rids.forEach((rid, index) => {
    sink.text(index === 0 ? '<' : ', ');
    writeGenericParameter(disassembly, rid);
  });
  sink.text('>');
}

function writeGenericParameter(disassembly: Disassembly, rid: number): void {
  const { metadata, references, sink } = disassembly;
  const { GenericParam, GenericParamConstraint } = metadata.tables;
  const flags = GenericParam.get(rid, 'Flags');
  if (flags & ~KNOWN) sink.text(`flags(${hex(flags)}) `);
  else for (const [mask, value, word] of FLAGS) if ((flags & mask) === value) sink.text(word).text(' ');
  const constraints = metadata.constraintsOf(rid);
  const column = GenericParamConstraint.column('Constraint');
  for (let index = 0; index < constraints.length; index++) {
    const row = constraints.at(index)!;
    sink.text(index === 0 ? '(' : ', ');
    const error = partText(disassembly, makeToken(TableId.GenericParamConstraint, row), () => {
      references.writeType(sink, column.token(row) as TypeDefOrRefToken);
      return '';
    });
    sink.text(error);
  }
  if (constraints.length > 0) sink.text(') ');
  const name = GenericParam.get(rid, 'Name');
  if (references.names.isEmpty(name)) sink.text(references.identifiers.simple(''));
  else references.names.writeWord(sink, name);
}

/** Attributes of generic parameters and of their constraints: `.param type`, `.param constraint`. */
export function writeGenericParameterAttributes(disassembly: Disassembly, owner: Token): void {
  const { metadata, namedBy, references, sink } = disassembly;
  const { GenericParam, GenericParamConstraint } = metadata.tables;
  if (!namedBy.genericParam.has(owner)) return;
  for (const rid of metadata.genericParamsOf(owner)) {
    const number = GenericParam.get(rid, 'Number') + 1;
    const token = makeToken(TableId.GenericParam, rid);
    if (namedBy.customAttribute.has(token)) {
      sink.line(`.param type [${number}]`);
      writeCustomAttributes(disassembly, token);
    }
    for (const row of metadata.constraintsOf(rid)) {
      const constraint = makeToken(TableId.GenericParamConstraint, row);
      if (!namedBy.customAttribute.has(constraint)) continue;
      attempt(disassembly, constraint, () => {
        const type = GenericParamConstraint.column('Constraint').token(row) as TypeDefOrRefToken;
        if (tokenRid(type) === 0) return;
        const text = references.type(type);
        references.write(sink.start().text(`.param constraint [${number}], `), text);
        sink.end();
        writeCustomAttributes(disassembly, constraint);
      });
    }
  }
}
