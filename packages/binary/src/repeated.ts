/** A part of a document that many places hold as it is: a writer need not make its text for each of them. */
export class Repeated {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }

  toJSON(): unknown {
    return this.value;
  }
}
