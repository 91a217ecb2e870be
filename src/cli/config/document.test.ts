import { describe, expect, test } from "vitest";
import { refuse } from "../../shared/errors.ts";
import { HOUR, MINUTE } from "../../shared/time.ts";
import { CliFailure, statuses } from "../failure.ts";
import { readDocument } from "./document.ts";
import { secretChecker, secretReader } from "./secrets.ts";

const read = (text: string) => readDocument("ops.yaml", text, secretReader({ OPS: "https://ops.example" }, "."));
function complaint(text: string): string {
  try {
    read(text);
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error;
    expect(error.status).toBe(statuses.config);
    return error.message;
  }
  throw new Error("it was taken");
}

describe("a file", () => {
  test("becomes what the commands take, however its fields are spelled", () => {
    const { document } = read(`
hosts:
  web01: {every: 5m, grace: 90, max-run: 1h30m, tag: "a,b", parents: [db01], window: business_hours}
  web02: {periodMs: 300000, graceMs: 5m, maxRunMs: 1000, tags: [a], first-heartbeat-within: 2d}
  web03:
policies:
  tag:prod: {notify-after: 2m, repeat: 0, failures: 3, quiet: off, quiet-severities: [info]}
channels:
  ops: {type: webhook, options: {allowHttp: true}, secret: {url: {env: OPS}}}
silences:
  move: {hosts: [web01], from: 2026-12-24T18:00Z, to: 1798200000000, comment: 5}
`);
    const minutes5 = 5 * MINUTE;
    expect(document).toEqual({
      hosts: {
        web01: {
          periodMs: minutes5,
          graceMs: 90_000,
          maxRunMs: 1.5 * HOUR,
          tags: ["a", "b"],
          parents: ["db01"],
          window: "business_hours",
        },
        web02: { periodMs: minutes5, graceMs: minutes5, maxRunMs: 1_000, tags: ["a"], firstBeatMs: 48 * HOUR },
        web03: {},
      },
      policies: {
        "tag:prod": { notifyAfterMs: 2 * MINUTE, repeatMs: 0, failures: 3, quiet: "off", quietSeverities: ["info"] },
      },
      channels: { ops: { type: "webhook", options: { allowHttp: true }, secrets: { url: "https://ops.example" } } },
      silences: {
        move: { hosts: ["web01"], from: Date.UTC(2026, 11, 24, 18), to: 1_798_200_000_000, comment: "5" },
      },
    });
  });
  test("may say once what several have in common", () => {
    expect(read("hosts:\n  a: &a {every: 5m, tags: [web]}\n  b:\n    <<: *a\n    every: 1m\n").document.hosts).toEqual({
      a: { periodMs: 5 * MINUTE, tags: ["web"] },
      b: { periodMs: MINUTE, tags: ["web"] },
    });
  });
  test("may say nothing", () => expect(read("# nothing yet\n").document).toEqual({}));
  test.each([
    ["hosts:\n  web01:\n    evry: 5m", "ops.yaml:3: hosts.web01.evry: there is no field evry; there is every, early"],
    [
      "hosts:\n  web01: {every: 5 parsecs}",
      'ops.yaml:2: hosts.web01.every: "5 parsecs" is no span of time: write 90s, 5m or 1h30m',
    ],
    ["hosts:\n  web01: {token: t}", "ops.yaml:2: hosts.web01.token: there is no field token; there is "],
    ["hosts:\n  web01:\n    grace: 1m\n    graceMs: 5", "ops.yaml:4: hosts.web01.graceMs: says again"],
    ["hosts:\n  web01: 5m", "ops.yaml:2: hosts.web01: give a map of its fields"],
    ["hosts: [web01]", "ops.yaml:1: hosts: give a map by id, or {} for none"],
    ["hosts:", "ops.yaml:1: hosts: give a map by id, or {} for none"],
    ["polices: {}", "ops.yaml:1: polices: there is no section polices; there is policies"],
    ["toString: {}", "ops.yaml:1: toString: there is no section toString"],
    ["channels:\n  x: {type: y, secrets: {url: !env OPS}}", "ops.yaml:2: no valid YAML: tag resolve failed"],
    ["- hosts", "ops.yaml: write sections: hosts, channels, policies, silences"],
    ["hosts:\n  Web 01: {}", "ops.yaml:2: hosts.Web 01: use 1 to 64 of a-z"],
    ["hosts:\n  web01: {tags: [Prod]}", "ops.yaml:2: hosts.web01.tags.0: use 1 to 64 of a-z"],
    ["hosts:\n  web.01:\n    window:\n      kind: custom", "ops.yaml:3: hosts.web.01.window"],
    ["policies:\n  prod: {}", "ops.yaml:2: policies.prod: a policy is for default"],
    ["silences:\n  x: {tags: [a], to: +2h}", 'ops.yaml:2: silences.x.to: "+2h" is another time whenever it is read'],
    ["silences:\n  x: {tags: [a], to: soon}", 'ops.yaml:2: silences.x.to: "soon" is no time'],
    ["silences:\n  x: {tags: [a], for: 2h}", "ops.yaml:2: silences.x.for: there is no field for"],
    [
      "channels:\n  x: {type: y, secrets: {url: {env: NO}}}",
      "ops.yaml:2: channels.x.secrets.url: the environment has no NO",
    ],
    ["channels:\n  x: {type: y, secrets: {url: {file: no/such}}}", "ops.yaml:2: channels.x.secrets.url: can't read "],
    ["channels:\n  x: {type: y, secrets: {url: 5}}", "ops.yaml:2: channels.x.secrets.url: write {env: NAME}"],
    ["channels:\n  x: {type: y, secrets: url=https://x}", "ops.yaml:2: channels.x.secrets: give a map of them by name"],
    ["hosts:\n  web01: {}\n  web01: {}", "ops.yaml:3: web01 is there twice"],
    ["hosts:\n  web01: *nobody", "ops.yaml: its aliases can't be resolved"],
  ])("%j is refused by its place", (text, message) => {
    expect(complaint(text)).toContain(message);
    expect(complaint(text)).not.toContain("\n");
  });
  test("that is no YAML is refused by its line, without its text", () => {
    const said = complaint("channels:\n  ops: {secrets: 'very-secret\n");
    expect(said).toMatch(/^ops\.yaml:\d: no valid YAML: [a-z ]+$/);
    expect(said).not.toContain("very-secret");
  });
  test("names every fault at once", () => {
    expect(complaint("hosts:\n  a: {evry: 1m}\n  b: {every: soon}\nhost: {}").split("\n")).toHaveLength(3);
  });
  test("with aliases that would grow without end is refused", () => {
    const layers = Array.from(
      { length: 9 },
      (_, i) => `l${i + 1}: &l${i + 1} [${"*l0,".repeat(9).replaceAll("l0", `l${i}`)}]`,
    );
    expect(complaint(["l0: &l0 [a]", ...layers].join("\n"))).toContain("aliases");
  });
});

test("what the daemon objects to is said with the file's lines and words", () => {
  const { explain } = read("hosts:\n  web.01:\n    cron: 0 3 * * *\n    every: 5m\n");
  const message = "give exactly one of periodMs, cron and calendar";
  const { errors = [] } = refuse("invalid", message, [
    { field: "hosts.web.01.periodMs", message },
    { field: "policies.other", message: "is odd" },
  ]);
  expect(explain(errors).message.split("\n")).toEqual([
    "ops.yaml:4: hosts.web.01.every: give exactly one of every, cron and calendar",
    "ops.yaml: policies.other: is odd",
  ]);
});

test("a check reads no secret, and finds those that the file itself holds", () => {
  const { read: readSecret, literal } = secretChecker();
  const text = "channels:\n  a: {type: x, secrets: {url: https://x, key: {env: NO}}}\n";
  expect(readDocument("ops.yaml", text, readSecret).document).toEqual({
    channels: { a: { type: "x", secrets: { url: "", key: "" } } },
  });
  expect(literal).toEqual(["channels.a.secrets.url"]);
});
