import { Attribute, FLAG_LETTERS, FLOW_SHIFT } from '../../packages/machine/src/instructions/arm64/encoding-attributes.ts';
import { FLOWS, type InstructionFlow } from '../../packages/machine/src/instructions/instruction-flow.ts';

/** A row of the table as the generator needs it. */
export interface Arm64EncodingRow {
  readonly mask: number;
  readonly value: number;
  readonly mnemonic: string;
  /** The name of the instruction that an alias stands for, else the mnemonic. */
  readonly operation: string;
  readonly signature: string;
  readonly attributes: number;
  readonly flagsRead: number;
  readonly flagsWritten: number;
  /** Names of conditions. */
  readonly conditions: readonly string[];
  readonly className: string;
}

const flagBits = (letters: string): number => [...letters].reduce((sum, letter) => sum | (1 << FLAG_LETTERS.indexOf(letter)), 0);

interface RowAttributes {
  bits: number;
  r: string;
  w: string;
  of: string;
  if: string;
}

function readAttributes(words: readonly string[]): RowAttributes {
  const found: RowAttributes = { bits: 0, r: '', w: '', of: '', if: '' };
  const conditions: string[] = [];
  for (const word of words) {
    const [, name, value = ''] = /^(r|w|of|if)=(.+)$/.exec(word) ?? [];
    const flow = FLOWS.indexOf(word as InstructionFlow);
    if (name === 'if') conditions.push(...value.split(','));
    else if (name !== undefined) found[name as 'r' | 'w' | 'of'] = value;
    else if (word.startsWith('size=')) conditions.push(word);
    else if (flow > 0) found.bits |= flow << FLOW_SHIFT;
    else if (word in Attribute) found.bits |= Attribute[word as keyof typeof Attribute];
    else throw new Error(`${word} is not an attribute of the table`);
  }
  return { ...found, if: conditions.join(',') };
}

/** One row: `bits | instruction | attributes`. @throws Error where it is not in the notation */
function parseRow(line: string, className: string): Arm64EncodingRow {
  const [pattern = '', instruction = '', attributeText = ''] = line.split(' | ').map((part) => part.replace(/\|$/, '').trim());
  if (!/^[01A-Za-z]{32}$/.test(pattern)) throw new Error(`"${line}" does not begin with 32 bits`);
  const attributes = readAttributes(attributeText.split(' ').filter((word) => word !== ''));
  const [, mnemonic = '', signature = ''] = /^([\w.~]+) ?(.*)$/.exec(instruction) ?? [];
  return {
    mask: Number.parseInt([...pattern].map((bit) => (bit === '0' || bit === '1' ? 1 : 0)).join(''), 2) | 0,
    value: Number.parseInt(pattern.replaceAll(/[^01]/g, '0'), 2) | 0,
    mnemonic,
    operation: attributes.of || mnemonic,
    signature,
    attributes: attributes.bits,
    flagsRead: flagBits(attributes.r),
    flagsWritten: flagBits(attributes.w),
    conditions: attributes.if === '' ? [] : attributes.if.split(','),
    className,
  };
}

/** All rows of a table's text. Lines that begin with `=` name the class of the rows behind them; lines that begin with `#` are comments. */
export function parseArm64Table(text: string): Arm64EncodingRow[] {
  const rows: Arm64EncodingRow[] = [];
  let className = '';
  for (const line of text.split('\n')) {
    if (line.startsWith('= ')) className = line.slice(2);
    else if (line !== '' && !line.startsWith('#')) rows.push(parseRow(line, className));
  }
  return rows;
}

/** The entries of system-registers.txt as the generated module has them: fifteen bits in base 36, `:` (or `<` read, `>` written), the name. */
export function parseSystemRegisters(text: string): string[] {
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [place = '', name = '', access = ''] = line.split('|').map((part) => part.trim());
      const [op0 = 0, op1 = 0, crn = 0, crm = 0, op2 = 0] = place.split(' ').map((part) => Number(part.replace('c', '')));
      const code = ((op0 - 2) << 14) | (op1 << 11) | (crn << 7) | (crm << 3) | op2;
      return `${code.toString(36)}${access === 'read' ? '<' : access === 'write' ? '>' : ':'}${name}`;
    });
}
