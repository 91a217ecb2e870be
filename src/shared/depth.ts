/** No input of ours goes deeper; a schema that follows a value down would run out of stack far below what fits a frame. */
const DEEPEST = 64;

/** Whether a value as JSON has it has more lists and objects within each other than any input needs. */
export function isTooDeep(value: unknown, levels = DEEPEST): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((one) => isTooDeep(one, levels - 1));
}
