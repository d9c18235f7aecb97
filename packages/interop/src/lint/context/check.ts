import type { BodyView } from './body-view.ts';
import type { LintContext } from './lint-context.ts';

/** Looks at tables (or native bytes) once. Not run when none of its rules is wanted. */
export interface TableCheck {
  readonly rules: readonly string[];
  run(context: LintContext): void;
}

/** Looks at one method body, of those that have what it asks for. */
export interface BodyCheck {
  readonly rules: readonly string[];
  /** `BodyMark` bits, of which the body has at least one. */
  readonly marks: number;
  run(context: LintContext, body: BodyView): void;
}
