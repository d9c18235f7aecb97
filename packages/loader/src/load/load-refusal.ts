import { LoadRefusal, type LoadRefusalDetails } from '@ijw/windows';

/** An exception as the CLR would throw it. */
export interface ClrException {
  /** `System.BadImageFormatException`. */
  readonly type: string;
  /** Unsigned. */
  readonly hresult: number;
  readonly message: string;
  readonly inner?: ClrException;
}

export interface ClrRefusalDetails extends LoadRefusalDetails {
  /** The exception for a managed caller, if there is one. */
  readonly exception?: ClrException;
  /** The process ends. */
  readonly fatal?: boolean;
}

/** Ends a load: the CLR refuses the image. `Loader.load` catches it and returns its details. */
export class ClrRefusal extends LoadRefusal {
  override readonly name = 'ClrRefusal';
  readonly exception: ClrException | undefined;
  readonly fatal: boolean;

  constructor({ exception, fatal = false, ...details }: ClrRefusalDetails) {
    super(details);
    this.exception = exception;
    this.fatal = fatal;
  }
}

/** The error of Windows or the CLR for a refused image. */
export function refusalDetails(refusal: LoadRefusal): ClrRefusalDetails {
  if (!(refusal instanceof ClrRefusal)) return refusal.details;
  const { details, exception, fatal } = refusal;
  return { ...details, fatal, ...(exception && { exception }) };
}
