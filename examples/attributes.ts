// The custom attributes of an assembly's types, methods and fields, with their values.
import { readFileSync } from 'node:fs';
import { Assembly } from '@ijw/assembly';
import { CustomAttribute } from '@ijw/metadata';

const [file = ''] = process.argv.slice(2);
const assembly = await Assembly.open(readFileSync(file));
const metadata = assembly.requireMetadata();
for (let rid = 1; rid <= metadata.tables.CustomAttribute.rowCount; rid++) {
  const attribute = new CustomAttribute(metadata, rid);
  const { fixedArguments, namedArguments } = attribute.value;
  const values = [...fixedArguments.map(({ value }) => `${value}`), ...namedArguments.map(({ name, value }) => `${name} = ${value}`)];
  console.log(`${assembly.nameOf(attribute.parent)}: ${attribute.typeName}(${values.join(', ')})`);
}
