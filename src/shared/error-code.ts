/** The innermost error code, which says most; of several addresses, the first one's. */
export function codeIn(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const inner = codeIn(error instanceof AggregateError ? error.errors[0] : error.cause);
  const { code } = error as { code?: unknown };
  return inner ?? (typeof code === "string" && /^[A-Z0-9_]{1,60}$/.test(code) ? code : undefined);
}
