import type { z } from "zod";
import {
  alertAck,
  alertAssign,
  alertComment,
  alertLink,
  alertList,
  alertResolve,
  alertShow,
  alertSnooze,
  alertUnack,
} from "./alert.ts";
import { auditList } from "./audit.ts";
import { backupList, backupMake } from "./backup.ts";
import { channelAdd, channelList, channelRemove, channelTest, deliveryList } from "./channel.ts";
import type { CommandSpec } from "./command.ts";
import { configShow } from "./config.ts";
import { configApply, configPlan } from "./document.ts";
import { healthShow } from "./health.ts";
import { heartbeatPost } from "./heartbeat.ts";
import {
  hostAdd,
  hostBody,
  hostEdit,
  hostList,
  hostPause,
  hostRecent,
  hostRemove,
  hostResume,
  hostShow,
  hostToken,
} from "./host.ts";

import { hostHistory } from "./history.ts";
import { jobList, jobRun } from "./job.ts";
import { lineShow } from "./line.ts";
import {
  logsAdd,
  logsAnalyze,
  logsEdit,
  logsFindings,
  logsLines,
  logsList,
  logsPause,
  logsPreview,
  logsRemove,
  logsResume,
  logsSet,
  logsShow,
  logsSources,
  logsTest,
  logsTrust,
} from "./logs.ts";
import { maintenanceAdd, maintenanceEnd, maintenanceList, maintenanceRemove } from "./maintenance.ts";
import { pastLimits, pastTake } from "./past.ts";
import { policyList, policyRemove, policySet, policyShow } from "./policy.ts";
import { probeAdd, probeEdit, probeList, probePause, probeRemove, probeResume, probeRun, probeShow } from "./probe.ts";
import { silenceAdd, silenceList, silenceRemove } from "./silence.ts";
import { settingAll, settingList, settingReset, settingSet } from "./setting.ts";
import { tokenAdd, tokenList, tokenRevoke } from "./token.ts";
import { upstreamSet, upstreamShow } from "./upstream.ts";
import { webhookSet, webhookShow } from "./webhook.ts";

/**
 * Every command there is. WebSocket names, REST routes, OpenAPI, the command line and docs/reference are made from
 * this list; one more command is one more line here and its handler in the daemon.
 */
export const registry = [
  hostList,
  hostShow,
  hostAdd,
  hostBody,
  hostEdit,
  hostRemove,
  hostPause,
  hostResume,
  hostToken,
  hostRecent,
  hostHistory,
  alertList,
  alertShow,
  alertAck,
  alertUnack,
  alertComment,
  alertAssign,
  alertSnooze,
  alertResolve,
  alertLink,
  silenceList,
  silenceAdd,
  silenceRemove,
  policyList,
  policyShow,
  policySet,
  policyRemove,
  maintenanceList,
  maintenanceAdd,
  maintenanceEnd,
  maintenanceRemove,
  channelList,
  channelAdd,
  channelTest,
  channelRemove,
  deliveryList,
  probeList,
  probeShow,
  probeAdd,
  probeEdit,
  probeRemove,
  probePause,
  probeResume,
  probeRun,
  lineShow,
  logsSources,
  logsAdd,
  logsEdit,
  logsRemove,
  logsPause,
  logsResume,
  logsSet,
  logsTest,
  logsTrust,
  logsPreview,
  logsAnalyze,
  logsFindings,
  logsList,
  logsShow,
  logsLines,
  settingList,
  settingSet,
  settingReset,
  settingAll,
  webhookShow,
  webhookSet,
  upstreamShow,
  upstreamSet,
  configShow,
  configPlan,
  configApply,
  tokenList,
  tokenAdd,
  tokenRevoke,
  auditList,
  heartbeatPost,
  healthShow,
  jobList,
  jobRun,
  backupMake,
  backupList,
  pastLimits,
  pastTake,
] as const;

type Spec = (typeof registry)[number];
export type CommandName = Spec["name"];
type SpecOf<N extends CommandName> = Extract<Spec, { name: N }>;
/** What a caller may send: defaults may be left out. */
export type ArgsInput<N extends CommandName> = z.input<SpecOf<N>["args"]>;
export type Args<N extends CommandName> = z.output<SpecOf<N>["args"]>;
export type Result<N extends CommandName> = z.output<SpecOf<N>["result"]>;

const byName = new Map<string, CommandSpec>(registry.map((spec) => [spec.name, spec as unknown as CommandSpec]));

/** The command of that name, or undefined: a name from outside is never trusted to exist. */
export const findCommand = (name: string): (CommandSpec & { name: CommandName }) | undefined =>
  byName.get(name) as (CommandSpec & { name: CommandName }) | undefined;
