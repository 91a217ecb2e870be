/** A backup that can't be restored, or not so; the message says why and what would do. */
export class RestoreRefused extends Error {
  override readonly name = "RestoreRefused";
}
