import { describe } from "vitest";
import { StoreUnavailable } from "../../domain/store.ts";
import { storeContract } from "../contract.test-suite.ts";
import { createMemoryStore } from "./memory-store.ts";

describe("the memory store", () => {
  storeContract(async () => {
    const plans: (() => Promise<void>)[] = [];
    const fatals: Error[] = [];
    const store = createMemoryStore({ write: async () => plans.shift()?.(), onFatal: (error) => fatals.push(error) });
    const refuse = (reason: "full" | "fatal") =>
      plans.push(() => Promise.reject(new StoreUnavailable(reason, { reason })));
    return {
      store,
      fatals,
      refuseNext: () => void refuse("full"),
      breakNext: () => void refuse("fatal"),
      holdNext() {
        const held = Promise.withResolvers<void>();
        plans.push(() => held.promise);
        return { release: held.resolve, refuse: () => held.reject(new StoreUnavailable("full", { reason: "full" })) };
      },
    };
  });
});
