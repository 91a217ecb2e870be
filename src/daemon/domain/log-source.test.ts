import { beforeEach, describe, expect, test } from "vitest";
import { createWorld } from "../../../tests/support/world.ts";
import { SECOND } from "../../shared/time.ts";
import { analysed, type SourceRead } from "./analysed.ts";
import { editHost, pauseHosts, removeHosts } from "./host.ts";
import { isRead, logSchedule, logSettingsOf, optionsOf, setLogs, shownKey, trustKeys } from "./log-setup.ts";
import {
  editSource,
  listSources,
  pauseSources,
  removeSources,
  resumeSources,
  setSource,
  sourcesOf,
} from "./log-source.ts";
import { setSetting } from "./setting.ts";

let world: ReturnType<typeof createWorld>;
beforeEach(() => {
  world = createWorld();
  world.channel("ops");
  world.add({ id: "web01", name: "Web 1" });
});

let count = 0;
/** One look at web01's logs, of which these were read. */
const look = (...reads: (Partial<SourceRead> & { id: string })[]) =>
  world.run((state, context) =>
    analysed(
      state,
      {
        id: `20260101t000000${String(++count).padStart(3, "0")}-web01`,
        analysis: {
          host: "web01",
          at: world.now(),
          tookMs: 1,
          trigger: "schedule",
          sent: 0,
          redactions: 0,
          templates: 0,
          newTemplates: 0,
        },
        reads: reads.map((read) => ({
          rev: state.get("source", read.id)?.rev ?? 0,
          ok: true,
          reason: "3 lines read",
          lines: 3,
          cursor: { offset: 9 },
          ...read,
        })),
        found: [],
      },
      context,
    ),
  );
const bad = { ok: false, reason: "connect: no\u001b[2J answer", lines: 0 };
const view = (id = "auth") => listSources(world.state, {}).items.find((one) => one.id === id);
const alert = (id = "auth") => world.state.openAlert(`log-source:${id}`)?.value;
const edit = (options: object) =>
  world.run((state, context) =>
    editSource(state, { id: "auth", options: options as never }, { ...context, title: "t" }),
  );

describe("a source", () => {
  test("is new, read, failing, paused, and read again from where it was read to", () => {
    world.source("auth");
    expect(view()).toMatchObject({ state: "new", reason: "it hasn't been read yet", title: "file auth" });
    look({ id: "auth", gap: "the file was emptied" });
    expect(view()).toMatchObject({ state: "ok", lines: 3, lastAt: world.now(), gap: "the file was emptied" });
    look({ id: "auth", ...bad, cursor: undefined });
    expect(view()).toMatchObject({ state: "failing", reason: "connect: no answer" });
    expect(world.state.get("cursor", "auth")?.value).toMatchObject({ cursor: { offset: 9 }, failing: 1 });
    world.run((state, context) => pauseSources(state, { ids: ["auth"] }, context));
    expect([view()?.state, sourcesOf(world.state, "web01"), isRead(world.state, "web01")]).toEqual([
      "paused",
      [],
      false,
    ]);
    world.run((state, context) => resumeSources(state, { id: "auth" }, context));
    expect(world.state.get("cursor", "auth")?.value).not.toHaveProperty("failing");
    world.run((state, context) => pauseSources(state, { id: "auth" }, context));
    look({ id: "auth", lines: 5 });
    expect(view()?.lines).toBe(0);
    world.run((state, context) => resumeSources(state, { id: "auth" }, context));
    const { rev } = world.state;
    world.run((state, context) => resumeSources(state, { id: "auth" }, context));
    expect(world.state.rev).toBe(rev);
    expect(listSources(world.state, { host: "db01" }).items).toEqual([]);
    for (const id of ["zeta", "alpha"]) world.source(id);
    expect(listSources(world.state, {}).items.map(({ id }) => id)).toEqual(["alpha", "auth", "zeta"]);
  });

  test("three failures in a row are told, once, until it can be read again", () => {
    world.source("auth");
    world.source("mail");
    for (const expected of [undefined, undefined, "firing", "firing"]) {
      look({ id: "auth", ...bad }, { id: "mail" });
      expect(alert()?.state).toBe(expected);
    }
    expect(alert()).toMatchObject({
      severity: "warning",
      title: "Web 1: can't read file auth",
      reason: "connect: no answer",
      count: 1,
    });
    expect(alert("mail")).toBeUndefined();
    look({ id: "auth" });
    expect([alert(), world.alerts()[0]?.resolution]).toEqual([undefined, "it can be read again"]);
  });

  test("its alert is held back while its host is down, and may be explained by it for as long as it takes to read it", () => {
    world.beat({ host: "web01" });
    world.source("auth");
    world.pass(200_000);
    world.look("web01");
    world.look("web01");
    expect(world.status("web01")?.state).toBe("down");
    for (let i = 0; i < 3; i++) look({ id: "auth", ...bad });
    expect(alert()).toMatchObject({ heldBy: "web01 is down" });
    world.beat({ host: "web01" });
    world.live(10 * SECOND);
    expect(alert()).toMatchObject({ heldBy: "web01 was down until now" });
  });

  test("read elsewhere it is begun anew; what was read of the old place meanwhile says nothing", () => {
    world.source("auth");
    for (let i = 0; i < 3; i++) look({ id: "auth", ...bad });
    const rev = world.state.get("source", "auth")?.rev ?? 0;
    edit({ path: "/var/log/secure" });
    expect([world.state.get("cursor", "auth"), alert()]).toEqual([undefined, undefined]);
    look({ id: "auth", rev }, { id: "gone" });
    expect(view()?.state).toBe("new");
    look({ id: "auth" });
    edit({ path: "/var/log/secure" });
    expect(view()?.state).toBe("ok");
  });

  test.each([
    ["a second of its name", () => world.source("auth"), "source auth is there already"],
    ["one of a host that isn't there", () => world.source("mail", "x"), "there is no host x"],
    [
      "an edit of none",
      () => world.run((state, context) => editSource(state, { id: "x", options: {} }, context)),
      "there is no source x",
    ],
    [
      "the removal of none",
      () => world.run((s, context) => removeSources(s, { ids: ["auth", "x"] }, context)),
      "no source x",
    ],
    ["the pause of none", () => world.run((s, context) => pauseSources(s, { id: "x" }, context)), "no source x"],
  ])("refuses %s", (_name, act, message) => {
    world.source("auth");
    const { rev } = world.state;
    expect(act()).toMatchObject({ ok: false, message: expect.stringContaining(message) as string });
    expect(world.state.rev).toBe(rev);
  });

  test("needs its title, which its kind gives it", () => {
    const args = { id: "auth", host: "web01", type: "file", options: {} };
    expect(() => world.run((state, context) => setSource(state, args, context))).toThrow(/without its title/);
  });

  test("goes with its host, and its alert with the pause of it", () => {
    world.source("auth");
    for (let i = 0; i < 3; i++) look({ id: "auth", ...bad });
    world.run((state, context) => pauseHosts(state, { id: "web01" }, context));
    expect([alert(), isRead(world.state, "web01")]).toEqual([undefined, false]);
    world.run((state, context) => removeHosts(state, { id: "web01" }, context));
    expect(["source", "cursor", "finding", "usage"].map((kind) => world.state.count(kind as "source"))).toEqual([
      0, 0, 0, 0,
    ]);
    const { rev } = world.state;
    look({ id: "auth" });
    expect(world.state.rev).toBe(rev);
  });
});

describe("how a host's logs are analysed", () => {
  const set = (args: object) => world.run((state, context) => setLogs(state, { host: "web01", ...args }, context));
  const host = () => {
    const value = world.state.get("host", "web01")?.value;
    if (!value) throw new Error("the host is gone");
    return value;
  };
  const settings = () => logSettingsOf(host());

  test("is said a part at a time; a schedule takes the place of the other kind", () => {
    expect(logSchedule(world.state, host())).toEqual({ kind: "period", everyMs: 1_800_000 });
    world.run((state, context) => setSetting(state, { name: "logs", value: { periodMs: 60_000 } }, context));
    expect(logSchedule(world.state, host())).toEqual({ kind: "period", everyMs: 60_000 });
    set({ cron: "0 * * * *", zone: "Europe/Berlin", prompt: "It is a firewall." });
    expect(logSchedule(world.state, host())).toEqual({ kind: "cron", expression: "0 * * * *", zone: "Europe/Berlin" });
    set({ periodMs: 120_000 });
    expect(settings()).toEqual({ periodMs: 120_000, prompt: "It is a firewall." });
    set({ cron: "0 3 * * *" });
    expect(logSchedule(world.state, host())).toMatchObject({ zone: "UTC" });
    set({ unset: ["cron", "prompt"], ssh: { host: "web01.lan", user: "logs" } });
    expect(settings()).toEqual({ ssh: { host: "web01.lan", user: "logs" } });
    expect(optionsOf(host(), { type: "ssh-file", options: { user: "root", path: "/x" } })).toEqual({
      host: "web01.lan",
      user: "root",
      path: "/x",
    });
    expect(optionsOf(host(), { type: "file", options: { path: "/x" } })).toEqual({ path: "/x" });
  });

  test.each([
    [{ host: "x" }, "there is no host x"],
    [{ periodMs: 60_000, cron: "0 * * * *" }, "cron: give either"],
    [{ zone: "UTC" }, "zone: goes with cron"],
  ])("%j is refused", (args, message) => {
    expect(set(args)).toMatchObject({ ok: false, message: expect.stringContaining(message) as string });
  });

  test("switched off it reads nothing", () => {
    world.source("auth");
    expect(isRead(world.state, "web01")).toBe(true);
    set({ enabled: false });
    expect([isRead(world.state, "web01"), isRead(world.state, "x")]).toEqual([false, false]);
  });

  test("the predecessor's command is a source of the host's name, and follows it", () => {
    const change = (logAnalysis: object | undefined) =>
      world.run((state, context) =>
        editHost(
          state,
          logAnalysis ? { id: "web01", logAnalysis: logAnalysis as never } : { id: "web01", unset: ["logAnalysis"] },
          context,
        ),
      );
    const theirs = {
      enabled: true,
      method: "ssh",
      ssh_host: "web01.lan",
      log_command: "tail -n 100 /var/log/messages",
    };
    change(theirs);
    expect(world.state.get("source", "web01")?.value).toMatchObject({
      type: "ssh-command",
      options: { command: "tail -n 100 /var/log/messages" },
      title: "SSH command: tail -n 100 /var/log/messages",
    });
    expect(settings()).toEqual({ enabled: true, ssh: { host: "web01.lan" } });
    look({ id: "web01" });
    change({ ...theirs, log_command: "cat /var/log/messages" });
    expect([view("web01")?.options, view("web01")?.state]).toEqual([{ command: "cat /var/log/messages" }, "new"]);
    set({ periodMs: 60_000 });
    expect(host().logAnalysis).toMatchObject({ method: "ssh", log_command: "cat /var/log/messages", periodMs: 60_000 });
    change({ ...theirs, log_command: "cat /var/log/messages", enabled: false });
    expect([view("web01")?.state, isRead(world.state, "web01")]).toEqual(["new", false]);
    change(undefined);
    expect(world.state.get("source", "web01")).toBeUndefined();
    change({ enabled: true });
    world.source("web01");
    expect(change(theirs)).toMatchObject({
      ok: false,
      message: expect.stringContaining("another source web01") as string,
    });
    world.source("db01");
    const added = world.add({ id: "db01", logAnalysis: theirs });
    expect(added).toMatchObject({ ok: false, message: expect.stringContaining("another source db01") as string });
  });

  test("a command that went with its source is gone quietly", () => {
    const theirs = { log_command: "cat /x" };
    world.run((state, context) => editHost(state, { id: "web01", logAnalysis: theirs }, context));
    world.run((state, context) => removeSources(state, { id: "web01" }, context));
    world.run((state, context) => editHost(state, { id: "web01", logAnalysis: {} }, context));
    expect(world.state.count("source")).toBe(0);
  });
});

describe("the key of a machine", () => {
  const show = (id: string, fingerprint: string) =>
    world.run((state, context) => shownKey(state, { id, fingerprint }, context));
  const trust = (host = "web01") => world.run((state, context) => trustKeys(state, { host }, context));
  const kept = (id = "web01.lan:22") => world.state.get("hostkey", id)?.value;

  test("is the first that it showed, until somebody trusts another", () => {
    show("web01.lan:22", "one");
    const since = world.now();
    expect(kept()).toEqual({ fingerprint: "one", since });
    world.pass(1_000);
    show("web01.lan:22", "two");
    expect(kept()).toEqual({ fingerprint: "one", since, offered: { fingerprint: "two", at: world.now() } });
    const { rev } = world.state;
    show("web01.lan:22", "two");
    expect(world.state.rev).toBe(rev);
    show("web01.lan:22", "one");
    expect(kept()).toEqual({ fingerprint: "one", since });
  });

  test("is trusted by the host that is read from it, and through which one", () => {
    show("web01.lan:22", "one");
    show("[fd00::1]:2222", "three");
    show("other:22", "five");
    for (const id of ["web01.lan:22", "[fd00::1]:2222", "other:22"]) show(id, "other");
    expect(trust("x")).toMatchObject({ code: "not_found" });
    expect(trust()).toMatchObject({ code: "conflict" });
    const ssh = { host: "WEB01.lan", jump: { host: "fd00::1", port: 2_222 } };
    world.run((state, context) => setLogs(state, { host: "web01", ssh }, context));
    world.source("local");
    const never = { id: "never", host: "web01", type: "ssh-file", options: { host: "never.lan" } };
    world.run((state, context) => setSource(state, never, { ...context, title: "t" }));
    world.run((state, context) =>
      setSource(state, { id: "auth", host: "web01", type: "ssh-file", options: {} }, { ...context, title: "t" }),
    );
    expect(trust()).toMatchObject({
      value: {
        items: [
          { machine: "[fd00::1]:2222", before: "three", now: "other" },
          { machine: "web01.lan:22", before: "one", now: "other" },
        ],
      },
    });
    expect([kept()?.fingerprint, kept("other:22")?.fingerprint]).toEqual(["other", "five"]);
    expect(trust()).toMatchObject({ code: "conflict" });
  });
});
