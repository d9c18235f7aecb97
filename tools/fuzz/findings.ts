/** What broke: an error that no reader may raise, a broken promise, a loop without an end, memory without a bound. */
export interface Finding {
  readonly reader: string;
  readonly kind: 'error' | 'hang' | 'slow' | 'memory';
  readonly message: string;
  readonly input: Uint8Array;
}

/** Findings are the same when they break at the same place. */
export const findingKey = ({ reader, kind, message }: Finding): string =>
  `${reader} ${kind} ${message
    .split('\n')
    .slice(0, 3)
    .join(' ')
    .replaceAll(/[0-9a-f]{3,}|\d+/g, '#')}`;
