/** A value that can't be used; the message names it, where it came from, and what would do. Ends with status 78. */
export class OptionsError extends Error {
  override readonly name = "OptionsError";
}
