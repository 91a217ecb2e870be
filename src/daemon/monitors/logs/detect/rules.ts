import type { Rule } from "./rule.ts";
import { accessRules } from "./rules/access.ts";
import { executionRules } from "./rules/execution.ts";
import { machineRules } from "./rules/machine.ts";
import { networkRules } from "./rules/network.ts";
import { webRules } from "./rules/web.ts";

export const rules: readonly Rule[] = [
  ...accessRules,
  ...executionRules,
  ...webRules,
  ...networkRules,
  ...machineRules,
];
