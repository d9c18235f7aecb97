/** Ends an evaluation: an instruction that it does not know. */
export class UnknownInstruction extends Error {
  override readonly name = 'UnknownInstruction';
}
