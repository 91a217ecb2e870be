import { type Store, StoreUnavailable } from "../domain/store.ts";

/** Puts back what was there; as far as it can, as whoever calls it has something worse to tell. */
export type PutBack = () => Promise<void>;

/** Puts secrets away by their names, all or none; returns the way back. Rejects with `StoreUnavailable`. */
export async function keepSecrets(
  { secrets }: Pick<Store, "secrets">,
  wanted: ReadonlyMap<string, Record<string, string>>,
): Promise<PutBack> {
  const before = Array.from(wanted.keys(), (name) => ({ name, values: secrets.get(name) }));
  async function putBack(): Promise<void> {
    try {
      for (const { name, values } of before) await (values ? secrets.put(name, values) : secrets.remove(name));
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
    }
  }
  try {
    for (const [name, values] of wanted) await secrets.put(name, values);
  } catch (error) {
    await putBack();
    throw error;
  }
  return putBack;
}

/** A commit that isn't kept takes back what was put away for it; after a fatal failure it may be there all the same. */
export const orPutBack = <T>(durable: Promise<T>, putBack: PutBack | undefined): Promise<T> =>
  putBack
    ? durable.catch(async (error: unknown) => {
        if (error instanceof StoreUnavailable && error.reason !== "fatal") await putBack();
        throw error;
      })
    : durable;
