/** An exception that the runtime throws into managed code, by the name of its type. */
export class RuntimeException extends Error {
  override readonly name = 'RuntimeException';
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.type = type;
  }
}
