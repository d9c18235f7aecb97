// The examples of the README.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as il from '@ijw/il';
import * as native from '@ijw/il/native';
import { describe, expect, it } from 'vitest';

const readme = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

describe('the read-me', () => {
  it('names exports that are there', () => {
    const named = [...readme.matchAll(/`(\w+)(?:\(|\.load|`)/g)]
      .map(([, name]) => name!)
      .filter((name) => /^[A-Z]\w*[a-z]\w*$|^(read|decode|encode)/.test(name));
    const types = ['Instruction', 'BadInstruction', 'BadImageError'];
    expect(named.length).toBeGreaterThan(8);
    expect(named.filter((name) => !types.includes(name) && !(name in il || name in native))).toEqual([]);
  });
});
