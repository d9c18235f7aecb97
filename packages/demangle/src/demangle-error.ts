/** A decorated name breaks the grammar, or its text would be unreasonably long. `position` counts characters of the decorated name from 0. */
export class DemangleError extends Error {
  readonly position: number;

  constructor(position: number, message: string) {
    super(message);
    this.name = 'DemangleError';
    this.position = position;
  }
}
