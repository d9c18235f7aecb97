/** The place of a violation. */
export interface ImagePlace {
  /** The file with the error, if it is not the requested one: a DLL that it imports, directly or indirectly. */
  readonly file?: string;
  /** `CLI header`, `vtable fixup 2`, `section .text`. */
  readonly structure: string;
  readonly field?: string;
  readonly rva?: number;
  readonly token?: number;
}

export interface LoadRefusalDetails {
  /** Identifier of the violated rule, for programs to compare. */
  readonly rule: string;
  /** Unsigned. */
  readonly hresult: number;
  /** One sentence: what is wrong with this image. */
  readonly reason: string;
  readonly place?: ImagePlace;
}

/** Ends a load: Windows refuses the image, or what its entry point hands the load over to. */
export class LoadRefusal extends Error {
  override readonly name: string = 'LoadRefusal';
  readonly details: LoadRefusalDetails;

  constructor(details: LoadRefusalDetails) {
    super(details.reason);
    this.details = details;
  }
}
