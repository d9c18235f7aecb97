import type { DecoratedType, NamePiece, TemplateArgument } from './tree.ts';

/** Each list holds ten entries: the decoration refers to them with one decimal digit. */
const CAPACITY = 10;

/**
 * The targets of a digit in a decorated name: the names seen so far, and the function parameters or template arguments longer than one
 * character. The arguments of a template are written in a context of their own, so that the same instantiation is spelled alike everywhere.
 */
export class BackReferences {
  readonly #names: NamePiece[] = [];
  readonly #keys: string[] = [];
  readonly #parameters: DecoratedType[] = [];
  readonly #templateArguments: TemplateArgument[] = [];

  /** Names are told apart by their decorated spelling: a name that is already listed is not listed again. */
  rememberName(key: string, name: NamePiece): void {
    if (this.#names.length >= CAPACITY || this.#keys.includes(key)) return;
    this.#names.push(name);
    this.#keys.push(key);
  }

  rememberParameter(type: DecoratedType): void {
    if (this.#parameters.length < CAPACITY) this.#parameters.push(type);
  }

  rememberTemplateArgument(argument: TemplateArgument): void {
    if (this.#templateArguments.length < CAPACITY) this.#templateArguments.push(argument);
  }

  name(index: number): NamePiece | undefined {
    return this.#names[index];
  }

  parameter(index: number): DecoratedType | undefined {
    return this.#parameters[index];
  }

  templateArgument(index: number): TemplateArgument | undefined {
    return this.#templateArguments[index];
  }
}
