import { describe, expect, test } from "vitest";
import { inOurs, inTheirs, logCommand, logConfig, logSettings } from "./log-config.ts";

const theirs = {
  enabled: true,
  method: "ssh",
  ssh_host: "fw.lan",
  ssh_user: "monitor",
  ssh_key_path: "/keys/fw",
  log_command: "cat /var/log/filter.log",
  analysis_frequency: 1_800,
  analysis_prompt: "It is a firewall.",
};
const ours = {
  enabled: true,
  periodMs: 1_800_000,
  prompt: "It is a firewall.",
  ssh: { host: "fw.lan", user: "monitor", keyFile: "/keys/fw" },
};

describe("how a host's logs are analysed", () => {
  test("is read in the predecessor's words and in ours", () => {
    expect(logConfig.parse(theirs)).toEqual(theirs);
    expect(logSettings(theirs)).toEqual(ours);
    expect(logSettings(ours)).toEqual(ours);
    expect([logCommand(theirs), logCommand(ours), logCommand()]).toEqual([
      "cat /var/log/filter.log",
      undefined,
      undefined,
    ]);
  });

  test("goes by the predecessor's words where both are there: its clients send back what they were shown", () => {
    const shown = inTheirs(ours);
    expect(shown).toMatchObject({
      ssh_host: "fw.lan",
      analysis_frequency: 1_800,
      analysis_prompt: "It is a firewall.",
    });
    expect(logSettings({ ...shown, analysis_frequency: 60, ssh_host: "other.lan", ssh_port: 2_222 })).toEqual({
      ...ours,
      periodMs: 60_000,
      ssh: { ...ours.ssh, host: "other.lan", port: 2_222 },
    });
    expect(inTheirs(theirs)).toEqual(theirs);
  });

  test("is kept in ours once it is set so, with the command and whatever nobody knows", () => {
    expect(inOurs({ ...theirs, colour: "red" }, { periodMs: 60_000 })).toEqual({
      method: "ssh",
      log_command: "cat /var/log/filter.log",
      colour: "red",
      periodMs: 60_000,
    });
  });

  test("that an unfilled form sends says nothing, and a period of seconds is a minute", () => {
    expect(logSettings({ ssh_host: "", ssh_user: null, log_command: "", analysis_frequency: 5 })).toEqual({
      periodMs: 60_000,
    });
    expect(logConfig.safeParse({ ssh_host: "", analysis_prompt: "" }).success).toBe(true);
  });

  test("that an older version kept unchecked is read as far as it can be", () => {
    expect(logSettings({ enabled: "yes", ssh: "web01", prompt: 7, pseudonyms: { users: true }, lines: [1] })).toEqual({
      pseudonyms: { users: true },
    });
  });

  test.each([
    [{ analysis_frequency: "often" }, "analysis_frequency"],
    [{ ssh_host: "a b" }, "ssh_host"],
    [{ ssh_key_path: "keys/fw" }, "ssh_key_path"],
    [{ periodMs: 60_000, cron: "0 * * * *" }, "cron"],
    [{ cron: "never" }, "cron"],
    [{ ssh: { host: "a", password: "x" } }, "ssh"],
    [{ prompt: "x".repeat(4_001) }, "prompt"],
    [{ more: "x".repeat(17_000) }, ""],
  ])("%j is refused by its field", (given, field) => {
    expect(logConfig.safeParse(given).error?.issues[0]?.path.join(".")).toBe(field);
  });
});
