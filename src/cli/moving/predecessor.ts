import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseEnv } from "node:util";
import { parse } from "yaml";
import { z } from "zod";
import { hostCreateBody, idFromName, toAddArgs } from "../../shared/api/predecessor.ts";
import { refuseInvalid } from "../../shared/errors.ts";
import { defaultBusinessHours } from "../../shared/schedule/window.ts";
import { leftBehind, movedHost } from "./moved.ts";
import type { Moved } from "./moved.ts";

/** What lies where the service that Sentinel replaces was installed. */
export interface Predecessor {
  database?: string | undefined;
  hostsFile?: string | undefined;
  envFile?: string | undefined;
}

const isDatabase = (file: string): boolean =>
  statSync(file).isFile() && readFileSync(file).subarray(0, 15).toString("latin1") === "SQLite format 3";

/** Its files in a folder, wherever in it they usually lie; or the database alone. Undefined if there is none of them. */
export function findPredecessor(place: string): Predecessor | undefined {
  if (!statSync(place).isDirectory()) return isDatabase(place) ? { database: place } : undefined;
  const folders = [".", "data", "config"].map((name) => path.join(place, name)).filter(existsSync);
  const files = folders.flatMap((folder) => readdirSync(folder).map((name) => path.join(folder, name)));
  const database = files.find((file) => /\.(db|sqlite3?)$/.test(file) && isDatabase(file));
  const hostsFile = files.find((file) => /^hosts\.ya?ml$/.test(path.basename(file)));
  const envFile = files.find((file) => path.basename(file) === ".env");
  return (database ?? hostsFile ?? envFile) ? { database, hostsFile, envFile } : undefined;
}

type Row = Record<string, unknown>;

/** Reads without a trace: the other service may still run on it. */
function readTables(file: string): { hosts: Row[]; config: Map<string, string> } {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
  try {
    const tables = new Set(
      database
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
        .all()
        .map(({ name }) => String(name)),
    );
    const all = (table: string): Row[] => (tables.has(table) ? database.prepare(`SELECT * FROM "${table}"`).all() : []);
    return {
      hosts: all("hosts"),
      config: new Map(all("config").map(({ key, value }) => [String(key), String(value ?? "")])),
    };
  } finally {
    database.close();
  }
}

const said = <T>(value: T | null | undefined | ""): T | undefined =>
  value === null || value === "" ? undefined : (value ?? undefined);

/** JSON in a column, or what is in the YAML file. */
function json(value: unknown): unknown {
  if (typeof value !== "string" || value === "") return said(value);
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}

/** A host by its row or its entry in hosts.yaml, which have other names for the same. */
function hostOf(row: Row): Moved {
  const name = String(row["name"] ?? row["host_id"] ?? "");
  const id = String(row["host_id"] ?? idFromName(name));
  const expected = row["expected_frequency_seconds"] ?? row["expected_frequency"];
  const body = hostCreateBody.safeParse(
    Object.fromEntries(
      Object.entries({
        name,
        host_id: id,
        token: said(row["token"]),
        expected_frequency_seconds: said(expected),
        grace_period_seconds: said(row["grace_period_seconds"] ?? row["grace_period"]),
        schedule_type: said(row["schedule_type"]),
        schedule_config: json(row["schedule_config"]),
        cron_expression: said(row["cron_expression"]),
        log_analysis_config: json(row["log_analysis_config"] ?? row["log_analysis"]),
      }).filter(([, value]) => value !== undefined),
    ),
  );
  if (!body.success) return leftBehind("host", id, refuseInvalid(body.error).message);
  return movedHost(
    toAddArgs(body.data) as { id: string },
    false,
    row["token"] ? undefined : "it has no token there, so it gets one",
  );
}

const hostsFile = z.object({ hosts: z.array(z.record(z.string(), z.unknown())).default([]) });

/** Hosts with their tokens, so that every heartbeat URL goes on; the settings; and what stays behind, with the reason. */
export function fromPredecessor({ database, hostsFile: yaml, envFile }: Predecessor): Moved[] {
  const tables = database === undefined ? undefined : readTables(database);
  const listed = yaml === undefined ? [] : hostsFile.parse(parse(readFileSync(yaml, "utf8"))).hosts;
  const env: Record<string, string | undefined> = envFile === undefined ? {} : parseEnv(readFileSync(envFile, "utf8"));
  // What was changed at run time is in the database, so that it goes first.
  const hosts = new Map(
    [...listed, ...(tables?.hosts ?? [])].map((row) => [String(row["host_id"] ?? row["name"]), row]),
  );
  const config = (name: string): string | undefined => said(tables?.config.get(name));
  return [
    ...[...hosts.values()].map(hostOf),
    ...webhook(config("discord_webhook_url") ?? said(env["DISCORD_WEBHOOK_URL"])),
    ...upstream(config, said(env["HEALTHCHECKS_URL"])),
    ...businessHours(env),
    ...variables(env),
  ];
}

const webhook = (url: string | undefined): Moved[] =>
  url === undefined
    ? []
    : [{ kind: "channel", id: "discord", calls: [{ name: "webhook.set", args: { enabled: true, url } }] }];

function upstream(config: (name: string) => string | undefined, fallback: string | undefined): Moved[] {
  const url = config("upstream_monitoring_url") ?? fallback;
  if (url === undefined) return [];
  const isOn = config("upstream_monitoring_enabled");
  const frequency = Number(config("upstream_monitoring_frequency") ?? 300);
  const args = { enabled: isOn === undefined || /^(1|true)$/i.test(isOn), url, periodMs: frequency * 1_000 };
  return [{ kind: "setting", id: "upstream", calls: [{ name: "upstream.set", args }] }];
}

function businessHours(env: Record<string, string | undefined>): Moved[] {
  const days = said(env["BUSINESS_HOURS_DAYS"])?.split(",").map(Number);
  const given = {
    start: said(env["BUSINESS_HOURS_START"]),
    end: said(env["BUSINESS_HOURS_END"]),
    days,
    zone: said(env["BUSINESS_HOURS_TIMEZONE"]),
  };
  const set = Object.fromEntries(Object.entries(given).filter(([, one]) => one !== undefined));
  const value = { ...defaultBusinessHours, ...set };
  return Object.keys(set).length === 0
    ? []
    : [
        {
          kind: "setting",
          id: "businessHours",
          calls: [{ name: "setting.set", args: { name: "businessHours", value } }],
        },
      ];
}

/** What is read from the environment here as there: the daemon's own start takes it. */
const variables = (env: Record<string, string | undefined>): Moved[] =>
  ["API_SECRET_KEY", "API_HOST", "API_PORT", "LLM_API_URL", "LLM_API_KEY", "LLM_DEFAULT_MODEL"]
    .filter((name) => said(env[name]) !== undefined)
    .map((name) => leftBehind("variable", name, "the daemon reads it itself: start it with the same variable"));
