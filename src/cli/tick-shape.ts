import { createHook } from "node:async_hooks";

let kept: object | undefined;

/**
 * Keeps one of the objects that `process.nextTick` makes. Once a collection has found none alive, V8 makes them six times
 * as slowly for as long as the process lives, and an HTTP request takes six. Returns it.
 */
export function keepTickShape(): object | undefined {
  const hook = createHook({
    init(_id, type, _trigger, resource) {
      if (type === "TickObject") kept = resource;
    },
  }).enable();
  process.nextTick(() => {});
  hook.disable();
  return kept;
}
