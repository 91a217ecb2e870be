/** Bytes of log text that make a token: as measured on average, and at their worst, which budgets keep to. */
const USUAL_BYTES = 2.6;
const WORST_BYTES = 2;

const bytesOf = (text: string): number => Buffer.byteLength(text);

/** About how many tokens a text is. Counted in bytes, as a character beyond ASCII is often more than one token. */
export const estimateTokens = (text: string): number => Math.ceil(bytesOf(text) / USUAL_BYTES);

/** How many tokens a text is at most. */
export const mostTokens = (text: string): number => Math.ceil(bytesOf(text) / WORST_BYTES);

/** How many bytes of text surely fit. */
export const bytesWithin = (tokens: number): number => Math.floor(tokens * WORST_BYTES);
