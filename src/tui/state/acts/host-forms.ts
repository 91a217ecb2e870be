import type { HostSecrets } from "../../../shared/api/host.ts";
import type { ArgsInput, Result } from "../../../shared/api/registry.ts";
import type { Host } from "../../../shared/model.ts";
import { DAY, MINUTE } from "../../../shared/time.ts";
import type { PasteSchedule } from "../../../shared/paste-lines.ts";
import { withEffect } from "../effects.ts";
import type { Entities } from "../entities.ts";
import { openForm } from "../form.ts";
import { addHostForm, editHostForm, hostValues, loadHostSchemas, newHostValues } from "../forms/host.ts";
import { reopenForm, withOverlay } from "../overlays.ts";
import type { FormSheet } from "../overlays.ts";
import { daemonNow } from "../selectors.ts";
import type { ConsoleState } from "../state.ts";
import { tableOf, withTable } from "../table.ts";
import { withToast } from "../toast.ts";
import { act, perform } from "./act.ts";

type AddArgs = ArgsInput<"host.add">;
type EditArgs = ArgsInput<"host.edit">;

/** Shows a host's new secrets and what to paste, this once. */
const showSecrets = (state: ConsoleState, id: string, secrets: HostSecrets, schedule: PasteSchedule): ConsoleState =>
  withEffect(state, {
    type: "load",
    async load() {
      const { pasteLines } = await import("../../../shared/paste-lines.ts");
      const { curl, crontab, systemd, powershell, push } = pasteLines(
        { ping: secrets.ping_url, push: secrets.push_url },
        schedule,
      );
      const parts = { token: secrets.token, curl, crontab, systemd, powershell, kuma: push };
      return (after) =>
        withOverlay(
          { ...after, toast: undefined },
          {
            kind: "sheet",
            title: `${id}: token, and lines to paste where it or its job runs`,
            about: "Shown this once: copy what you need now.",
            parts: Object.entries(parts).flatMap(([title, text]) => (text === undefined ? [] : [{ title, text }])),
            index: 0,
            top: 0,
          },
        );
    },
  });

/** Opens the form that adds a host. */
export const askAddHost = (state: ConsoleState): ConsoleState =>
  withEffect(state, {
    type: "load",
    async load() {
      const schemas = await loadHostSchemas();
      return (after) => {
        const form = openForm(addHostForm(schemas, after.entities.host), newHostValues);
        return openSheet(after, { kind: "form", form, submit: sendAdd });
      };
    },
  });

/** Nothing is opened over what the person turned to while it was loaded. */
const openSheet = (state: ConsoleState, sheet: FormSheet): ConsoleState =>
  state.overlays.length > 0 ? state : withOverlay(state, sheet);

function sendAdd(state: ConsoleState, sheet: FormSheet, given: unknown, key: string): ConsoleState {
  const args = given as AddArgs;
  const now = daemonNow(state);
  const adding = perform(
    state,
    act({
      name: "host.add",
      args,
      about: args.id,
      done: "Added",
      atOnce: true,
      patch: (entities) => withHost(entities, args, now),
      isSeen: (told) => told.host.has(args.id),
      answered: (after, value) => showSecrets(after, args.id, (value as Result<"host.add">).secrets, args),
      refused: (after, refusal) => reopenForm(after, sheet, refusal),
    }),
    key,
  );
  // So that it is selected as soon as its row is there.
  return withTable(adding, "hosts", { cursor: { ...tableOf(adding, "hosts").cursor, id: args.id } });
}

/** A new host as it is shown until the daemon has told of it. */
function withHost(
  entities: Entities,
  { id, window, token: _token, tags = [], ...args }: AddArgs,
  now: number,
): Entities {
  if (entities.host.has(id)) return entities;
  const host: Host = {
    name: id,
    tags,
    graceMs: MINUTE,
    firstBeatMs: DAY,
    ...(args as Partial<Host>),
    window: typeof window === "object" ? window : { kind: "always" },
    paused: false,
    watchedSince: now,
    createdAt: now,
    updatedAt: now,
  };
  const status = { state: "new", since: now, reason: "being added" } as const;
  return { ...entities, host: new Map(entities.host).set(id, host), status: new Map(entities.status).set(id, status) };
}

/** Opens the form that changes a host. */
export const askEditHost = (state: ConsoleState, id: string): ConsoleState =>
  withEffect(state, {
    type: "load",
    async load() {
      const schemas = await loadHostSchemas();
      return (after) => {
        const { host: hosts } = after.entities;
        const host = hosts.get(id);
        if (!host) return withToast(after, `${id} isn't there any more`, "warn");
        const form = openForm(editHostForm(schemas, id, host, hosts), hostValues(host, schemas));
        return openSheet(after, { kind: "form", form, submit: sendEdit });
      };
    },
  });

function sendEdit(state: ConsoleState, sheet: FormSheet, given: unknown, key: string): ConsoleState {
  const args = given as EditArgs;
  const { id } = args;
  const host = state.entities.host.get(id);
  if (!host || Object.keys(args).length === 1) return withToast(state, `${id}: nothing was changed`, "dim");
  const editing = (edit: EditArgs, done: string) =>
    act({
      name: "host.edit",
      args: edit,
      about: id,
      done,
      patch: (entities) => patchHost(entities, edit),
      isSeen: (told) => told.host.get(id)?.updatedAt !== host.updatedAt,
      refused: (after, refusal) => reopenForm(after, sheet, refusal),
    });
  return perform(state, { ...editing(args, "Changed"), inverse: editing(backArgs(host, args), "Changed back") }, key);
}

const schedules = ["periodMs", "cron", "calendar"] as const;

/** What is shown of an edit until the daemon has told; a window in words waits for it. */
function patchHost(entities: Entities, { id, unset = [], window, ...edit }: EditArgs): Entities {
  const before = entities.host.get(id);
  if (!before) return entities;
  const isTimed = schedules.some((field) => edit[field] !== undefined);
  const gone = new Set<string>([
    ...unset,
    ...(isTimed ? schedules : []),
    ...(edit.periodMs === undefined ? [] : ["zone"]),
  ]);
  const kept = Object.fromEntries(Object.entries(before).filter(([name]) => !gone.has(name)));
  const after = { ...kept, ...edit, ...(typeof window === "object" && { window }) } as Host;
  return { ...entities, host: new Map(entities.host).set(id, after) };
}

const unsettable = ["earlyMs", "maxRunMs", "minRunMs", "parents", "notes"] as const;

/** The edit that takes another one back. */
export function backArgs(host: Host, { id, unset: taken = [], ...edit }: EditArgs): EditArgs {
  const isTimed = schedules.some((field) => edit[field] !== undefined);
  const changed = new Set([...Object.keys(edit), ...taken, ...(isTimed ? [...schedules, "zone"] : [])]);
  const before = Object.entries(host).filter(([name, value]) => changed.has(name) && value !== undefined);
  const unset = unsettable.filter((name) => changed.has(name) && host[name] === undefined);
  const zone = edit.zone !== undefined && host.zone === undefined && host.periodMs === undefined ? { zone: "UTC" } : {};
  return { id, ...zone, ...Object.fromEntries(before), ...(unset.length > 0 && { unset }) };
}

/** Asks, then gives the host a new token; the one it has works for a day more. */
export const askToken = (state: ConsoleState, id: string): ConsoleState =>
  withOverlay(state, {
    kind: "confirm",
    question: `Make a new token for ${id}? The old one works 24 h more (y/n)`,
    yes: (after, newKey) =>
      perform(
        after,
        act({
          name: "host.token",
          args: { id },
          about: id,
          done: "New token",
          atOnce: true,
          answered: (then, value) =>
            showSecrets(then, id, value as Result<"host.token">, then.entities.host.get(id) ?? {}),
        }),
        newKey(),
      ),
  });
