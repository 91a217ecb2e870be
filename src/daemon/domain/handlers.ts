import type { Args, CommandName, Result } from "../../shared/api/registry.ts";
import type { Refusal } from "../../shared/errors.ts";
import { acknowledge, assign, comment, resolveByHand, snooze, unacknowledge } from "./alert-actions.ts";
import type { Context, Decision } from "./decision.ts";
import { calm } from "./crash-loop.ts";
import { type Absence, recordGap } from "./gap.ts";
import { applyConfig } from "./config.ts";
import { addChannel, listChannels, removeChannel, setWebhook } from "./channel.ts";
import { check, type Timed } from "./check.ts";
import { heartbeat } from "./heartbeat.ts";
import {
  addHost,
  editHost,
  listHosts,
  pauseHosts,
  recentBeats,
  removeHosts,
  renewToken,
  resumeHosts,
  showHost,
} from "./host.ts";
import { addSource, editSource, listSources, pauseSources, removeSources, resumeSources } from "./log-source.ts";
import { setLogs, type ShownKey, shownKey, trustKeys } from "./log-setup.ts";
import { addMaintenance, endMaintenance, listMaintenance, removeMaintenance } from "./maintenance.ts";
import { configure, type Configured, listSettings, resetSetting, setSetting, setUpstream } from "./setting.ts";
import { type Analysed, analysed } from "./analysed.ts";
import { listFindings } from "./analysis-view.ts";
import { attend } from "./attend.ts";
import { delivered, type Tried, type Trying, trying } from "./delivery.ts";
import { showLine } from "./line-view.ts";
import { addProbe, editProbe, listProbes, pauseProbes, removeProbes, resumeProbes, showProbe } from "./probe.ts";
import { probed, type Probed } from "./probed.ts";
import { listPolicies, removePolicy, setPolicy, showPolicy } from "./policy.ts";
import { type Room, space } from "./space.ts";
import { addSilence, listSilences, removeSilence } from "./silence.ts";
import { adminToken, type Archived, tidy } from "./tidy.ts";
import { addToken, revokeToken, usedTokens } from "./token.ts";
import type { StateReader } from "./state.ts";

/** Reads answer from the state; writes decide what to change. Both are pure. */
type Handler<N extends CommandName> =
  | { read: (state: StateReader, args: Args<N>, now: number) => Result<N> | Refusal }
  | { decide: (state: StateReader, args: Args<N>, context: Context) => Decision<Result<N>> };

/** What the engine answers, as it needs more than the state: the running program, a blob, the archive, a provider, secrets. */
type Answered =
  | "alert.list"
  | "alert.show"
  | "delivery.list"
  | "host.history"
  | "health.show"
  | "backup.make"
  | "backup.list"
  | "past.limits"
  | "past.take"
  | "job.list"
  | "job.run"
  | "host.body"
  | "channel.test"
  | "alert.link"
  | "probe.run"
  | "logs.analyze"
  | "logs.test"
  | "logs.preview"
  | "logs.list"
  | "logs.show"
  | "logs.lines"
  | "token.list"
  | "audit.list"
  | "config.plan"
  | "config.show"
  | "setting.all"
  | "upstream.show"
  | "webhook.show";

/** What each other command of the registry does. */
export const handlers: { [N in Exclude<CommandName, Answered>]: Handler<N> } = {
  "host.list": { read: listHosts },
  "host.show": { read: showHost },
  "host.recent": { read: recentBeats },
  "host.add": { decide: addHost },
  "host.edit": { decide: editHost },
  "host.remove": { decide: removeHosts },
  "host.pause": { decide: pauseHosts },
  "host.resume": { decide: resumeHosts },
  "host.token": { decide: renewToken },
  "alert.ack": { decide: acknowledge },
  "alert.unack": { decide: unacknowledge },
  "alert.comment": { decide: comment },
  "alert.assign": { decide: assign },
  "alert.snooze": { decide: snooze },
  "alert.resolve": { decide: resolveByHand },
  "silence.list": { read: listSilences },
  "silence.add": { decide: addSilence },
  "silence.remove": { decide: removeSilence },
  "policy.list": { read: listPolicies },
  "policy.show": { read: showPolicy },
  "policy.set": { decide: setPolicy },
  "policy.remove": { decide: removePolicy },
  "maintenance.list": { read: listMaintenance },
  "maintenance.add": { decide: addMaintenance },
  "maintenance.end": { decide: endMaintenance },
  "maintenance.remove": { decide: removeMaintenance },
  "channel.list": { read: listChannels },
  "channel.add": { decide: addChannel },
  "channel.remove": { decide: removeChannel },
  "probe.list": { read: listProbes },
  "probe.show": { read: showProbe },
  "probe.add": { decide: addProbe },
  "probe.edit": { decide: editProbe },
  "probe.remove": { decide: removeProbes },
  "probe.pause": { decide: pauseProbes },
  "probe.resume": { decide: resumeProbes },
  "line.show": { read: showLine },
  "logs.sources": { read: listSources },
  "logs.add": { decide: addSource },
  "logs.edit": { decide: editSource },
  "logs.remove": { decide: removeSources },
  "logs.pause": { decide: pauseSources },
  "logs.resume": { decide: resumeSources },
  "logs.set": { decide: setLogs },
  "logs.trust": { decide: trustKeys },
  "logs.findings": { read: listFindings },
  "config.apply": { decide: applyConfig },
  "setting.list": { read: listSettings },
  "setting.set": { decide: setSetting },
  "setting.reset": { decide: resetSetting },
  "webhook.set": { decide: setWebhook },
  "upstream.set": { decide: setUpstream },
  "token.add": { decide: addToken },
  "token.revoke": { decide: revokeToken },
  "heartbeat.post": { decide: heartbeat },
};

/** What the daemon decides by itself: no caller, no registry entry. */
export interface SystemCommands {
  check: { id: Timed };
  gap: Absence;
  calm: Record<string, never>;
  space: Room;
  tidy: Archived;
  adminToken: { hash: string };
  trying: Trying;
  delivered: Tried;
  attend: { id: string };
  configure: Configured;
  probed: Probed;
  analysed: Analysed;
  shownKey: ShownKey;
  used: { uses: { id: string; at: number }[] };
}

export const systemHandlers: {
  [N in keyof SystemCommands]: (state: StateReader, args: SystemCommands[N], context: Context) => Decision<undefined>;
} = {
  check,
  gap: recordGap,
  calm,
  space,
  tidy,
  adminToken,
  trying,
  delivered,
  attend,
  configure,
  probed,
  analysed,
  shownKey,
  used: usedTokens,
};
