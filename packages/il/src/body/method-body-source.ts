import { BadImageError, ExpansionBudget } from '@ijw/binary';
import { isILCode, type Metadata, type MethodDefToken, makeToken, TableId } from '@ijw/metadata';
import type { PEImage } from '@ijw/pe';
import { type MethodBody, readMethodBody } from './method-body.ts';
import { SectionWindows } from './section-window.ts';

/** Reads bodies of one image, in one pass over its methods: any number of them may have the same body. */
export class MethodBodySource {
  readonly #windows: SectionWindows;
  readonly #budget: ExpansionBudget;

  constructor(image: PEImage) {
    this.#windows = new SectionWindows(image);
    this.#budget = ExpansionBudget.ofSharedData(image.bytes.length, 'method bodies');
  }

  /** The body at `rva`, read in place. Throws `BadImageError` where no bytes are there, or no header, or after too many bodies that methods share. */
  read(rva: number, token?: number): MethodBody {
    const window = this.#windows.at(rva, 'a method body');
    const offset = rva - window.rva;
    // After the budget is spent, nothing is read.
    const place = { offset: window.base + offset, rva };
    this.#budget.spend(0, place);
    const body = readMethodBody(window.bytes, offset, { base: window.base, rva: window.rva, token });
    this.#budget.spend(body.size, place);
    return body;
  }

  /** The body at `rva`, or the error that prevents reading it. */
  attempt(rva: number, token?: number): MethodBody | BadImageError {
    try {
      return this.read(rva, token);
    } catch (error) {
      if (error instanceof BadImageError) return error;
      throw error;
    }
  }
}

/** A MethodDef that has code in the image. */
export interface MethodWithCode {
  readonly token: MethodDefToken;
  readonly rid: number;
  readonly rva: number;
  readonly implFlags: number;
  /** The code is IL, so that there is a body to read. */
  readonly isIL: boolean;
}

/** Every MethodDef with an RVA, in the order of the table. */
export function* methodsWithCode(metadata: Metadata): Generator<MethodWithCode, void> {
  const { rowCount } = metadata.tables.MethodDef;
  const read = methodCodeReader(metadata);
  for (let rid = 1; rid <= rowCount; rid++) {
    const method = read(rid);
    if (method !== undefined) yield method;
  }
}

/** Reads the row of a MethodDef; `undefined` for one without an RVA. */
export function methodCodeReader({ tables: { MethodDef } }: Metadata): (rid: number) => MethodWithCode | undefined {
  const rvas = MethodDef.column('RVA');
  const flags = MethodDef.column('ImplFlags');
  return (rid) => {
    const rva = rvas.at(rid);
    if (rva === 0) return undefined;
    const implFlags = flags.at(rid);
    return { token: makeToken(TableId.MethodDef, rid), rid, rva, implFlags, isIL: isILCode(implFlags) };
  };
}

/** The code of a MethodDef: its body, or the reason why it has none. */
export type MethodCode =
  | { readonly method: MethodWithCode; readonly kind: 'il'; readonly body: MethodBody }
  | { readonly method: MethodWithCode; readonly kind: 'native' }
  | { readonly method: MethodWithCode; readonly kind: 'bad'; readonly error: BadImageError };

/** The code of every MethodDef with an RVA. A body that cannot be read is given as its error, and the next one follows. */
export function* methodCodes(image: PEImage, metadata: Metadata): Generator<MethodCode, void> {
  const source = new MethodBodySource(image);
  for (const method of methodsWithCode(metadata)) {
    if (method.isIL) yield readCode(source, method);
    else yield { method, kind: 'native' };
  }
}

function readCode(source: MethodBodySource, method: MethodWithCode): MethodCode {
  const body = source.attempt(method.rva, method.token);
  return body instanceof BadImageError ? { method, kind: 'bad', error: body } : { method, kind: 'il', body };
}
