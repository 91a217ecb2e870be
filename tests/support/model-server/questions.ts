import type { HeardQuestion } from "./server.ts";

/** The records that a question holds: number, and what stands behind it. */
export const recordsIn = ({ user }: Pick<HeardQuestion, "user">): { number: number; label: string }[] =>
  Array.from(user.matchAll(/^(\d{5}) (.*)$/gm), ([, number, label = ""]) => ({ number: Number(number), label }));
