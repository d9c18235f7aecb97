import type { StubRefusal } from '../generated/stub-set.ts';
import type { NativeCrossing } from '../shape/native-boundary.ts';
import { indent, remark } from './cs-type.ts';
import { ANSI_HELPERS } from './text-conversion.ts';
import { DECIMAL_HELPERS } from './value-text.ts';

/** The members of one crossing, a line each. @throws UnsupportedError where C# cannot say it */
export type WriteMembers = (crossing: NativeCrossing, name: string) => readonly string[];

interface Member {
  readonly crossing: NativeCrossing;
  readonly name: string;
}

/** A static class with the members of many crossings. Members are written to know that they can be, and again for the text. */
export class StubClass {
  readonly name: string;
  readonly #summary: string;
  readonly #write: WriteMembers;
  readonly #members: Member[] = [];
  #usesAnsi = false;
  #usesDecimal = false;

  constructor(name: string, summary: string, write: WriteMembers) {
    this.name = name;
    this.#summary = summary;
    this.#write = write;
  }

  get isEmpty(): boolean {
    return this.#members.length === 0;
  }

  *crossings(): Generator<NativeCrossing, void> {
    for (const { crossing } of this.#members) yield crossing;
  }

  /** @throws UnsupportedError where C# cannot say it */
  add(crossing: NativeCrossing, name: string): void {
    for (const line of this.#write(crossing, name)) {
      this.#usesAnsi ||= /\b(?:ToAnsi|FromAnsi)\(/.test(line);
      this.#usesDecimal ||= /\b(?:ToDecimal|FromDecimal)\(/.test(line);
    }
    this.#members.push({ crossing, name });
  }

  /** @param refusals are named at the end */
  *text(refusals: readonly StubRefusal[]): Generator<string, void> {
    yield `/// <summary>${this.#summary}</summary>\npublic static unsafe partial class ${this.name}\n{\n`;
    let separator = '';
    for (const { crossing, name } of this.#members) {
      yield `${separator}${indent(this.#write(crossing, name)).join('\n')}`;
      separator = '\n\n';
    }
    yield `\n${this.#usesAnsi ? ANSI_HELPERS : ''}${this.#usesDecimal ? DECIMAL_HELPERS : ''}}\n`;
    for (const { method, reason } of refusals) yield `// not portable: ${remark(method)}: ${remark(reason)}\n`;
  }
}
