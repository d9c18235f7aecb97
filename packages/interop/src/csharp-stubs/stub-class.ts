import type { StubRefusal } from '../generated/stub-set.ts';
import type { NativeCrossing } from '../shape/native-boundary.ts';
import { indent, remark } from './cs-type.ts';
import { ANSI_HELPERS } from './text-conversion.ts';
import { DECIMAL_HELPERS } from './value-text.ts';

export interface StubClassParts {
  readonly name: string;
  readonly summary: string;
  /** @throws UnsupportedError where C# cannot say the crossing */
  readonly check: (crossing: NativeCrossing) => void;
  /** The members of one crossing that was checked, a line each. */
  readonly write: (crossing: NativeCrossing, name: string) => readonly string[];
}

interface Member {
  readonly crossing: NativeCrossing;
  readonly name: string;
}

/** A static class with the members of many crossings, which are written when the text is read. */
export class StubClass {
  readonly name: string;
  readonly #parts: StubClassParts;
  readonly #members: Member[] = [];

  constructor(parts: StubClassParts) {
    this.name = parts.name;
    this.#parts = parts;
  }

  get isEmpty(): boolean {
    return this.#members.length === 0;
  }

  *crossings(): Generator<NativeCrossing, void> {
    for (const { crossing } of this.#members) yield crossing;
  }

  /** @throws UnsupportedError where C# cannot say it */
  add(crossing: NativeCrossing, name: string): void {
    this.#parts.check(crossing);
    this.#members.push({ crossing, name });
  }

  /** @param refusals are named at the end */
  *text(refusals: readonly StubRefusal[]): Generator<string, void> {
    const { name: className, summary, write } = this.#parts;
    const helpers = new Set<string>();
    yield `/// <summary>${summary}</summary>\npublic static unsafe partial class ${className}\n{\n`;
    let separator = '';
    for (const { crossing, name } of this.#members) {
      const body = indent(write(crossing, name)).join('\n');
      for (const [, helper = ''] of body.matchAll(HELPER_CALL)) helpers.add(helper);
      yield separator + body;
      separator = '\n\n';
    }
    yield `\n${helpers.has('Ansi') ? ANSI_HELPERS : ''}${helpers.has('Decimal') ? DECIMAL_HELPERS : ''}}\n`;
    for (const { method, reason } of refusals) yield `// not portable: ${remark(method)}: ${remark(reason)}\n`;
  }
}

const HELPER_CALL = /\b(?:To|From)(Ansi|Decimal)\(/g;
