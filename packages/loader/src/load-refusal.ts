/** An exception as the CLR would throw it. */
export interface ClrException {
  /** `System.BadImageFormatException`. */
  readonly type: string;
  /** Unsigned. */
  readonly hresult: number;
  readonly message: string;
  readonly inner?: ClrException;
}

/** Where in the image a rule was broken. */
export interface Place {
  /** `CLI header`, `vtable fixup 2`, `section .text`. */
  readonly structure: string;
  readonly field?: string;
  readonly rva?: number;
  readonly token?: number;
}

export interface LoadRefusalDetails {
  /** Identifier of the rule that was broken, to switch on. */
  readonly rule: string;
  readonly hresult: number;
  /** One sentence: what is wrong with this image. */
  readonly reason: string;
  readonly place?: Place;
  /** What a managed caller sees, where one is there to see it. */
  readonly exception?: ClrException;
  /** The process does not survive it. */
  readonly fatal?: boolean;
}

/** Ends a load. It never leaves this package: `Loader.load` answers with it as a value. */
export class LoadRefusal extends Error {
  override readonly name = 'LoadRefusal';
  readonly details: LoadRefusalDetails;

  constructor(details: LoadRefusalDetails) {
    super(details.reason);
    this.details = details;
  }
}
