import tls from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { certificate } from "../../../../../tests/support/certificate.ts";
import { startMailServer } from "../../../../../tests/support/mail-server.ts";
import type { MailServer } from "../../../../../tests/support/mail-server.ts";
import type { Notice } from "../../channel.ts";
import { entrySchema } from "../entry.ts";
import { aNotice } from "../notice.test-support.ts";
import { email } from "./email.ts";

const people = { from: "sentinel@example.org", to: ["ada@example.org", "bob@example.org"] };
const { signal } = new AbortController();

const send = (server: MailServer, notice: Notice, { ref, ...given }: { ref?: string | undefined; tls?: string } = {}) =>
  email.send(notice, {
    options: { host: "127.0.0.1", port: server.port, tls: "none", ...people, ...given },
    secrets: {},
    ref,
    signal,
  });

/** A message's headers, unfolded, and its decoded text parts. */
function read({ raw = "" } = {}) {
  const [head = "", ...body] = raw.split("\r\n\r\n");
  const headers = head.replace(/\r\n\s+/g, " ").split("\r\n");
  return {
    header: (name: string) => headers.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2),
    body: body.join("\r\n\r\n").replace(/=\r\n/g, "").replaceAll("=3D", "="),
  };
}

test("a message has its words as text and as HTML, and asks nobody to answer", async () => {
  const server = await startMailServer();
  const actions = [{ label: "Take <it>", url: "https://s.example/a42?a=1&b=2" }];
  await send(server, aNotice({ reason: "load > 9 & <b>no</b> heartbeat", actions }));
  const [mail] = server.heard;
  expect(mail).toMatchObject(people);
  const { header, body } = read(mail);
  expect(header("Subject")).toBe("web01 is down");
  expect(header("To")).toBe("ada@example.org, bob@example.org");
  expect(header("Auto-Submitted")).toBe("auto-generated");
  expect(body).toContain("load > 9 & <b>no</b> heartbeat\r\n\r\nHost: web01\r\nSeverity: critical\r\n");
  expect(body).toContain("Take <it>: https://s.example/a42?a=1&b=2");
  expect(body).toContain("load &gt; 9 &amp; &lt;b&gt;no&lt;/b&gt; heartbeat");
  expect(body).toContain('<a href="https://s.example/a42?a=1&amp;b=2">Take &lt;it&gt;</a>');
});

test("a title can't add a header", async () => {
  const server = await startMailServer();
  await send(server, aNotice({ title: "down\r\nBcc: eve@example.org\r\n\r\nbody" }));
  const { header } = read(server.heard[0]);
  expect(header("Subject")).toBe("down Bcc: eve@example.org body");
  expect(header("Bcc")).toBeUndefined();
  expect(server.heard[0]?.to).toEqual(people.to);
});

test("an alert is one thread, and a repeat is the same message", async () => {
  const server = await startMailServer();
  const raised = await send(server, aNotice({ key: "a42/ops/raised" }));
  expect(await send(server, aNotice({ key: "a42/ops/raised" }))).toEqual(raised);
  const ref = raised.ok ? raised.ref : undefined;
  await send(server, aNotice({ key: "a42/ops/resolved", event: "resolved" }), { ref });
  await send(server, aNotice({ key: "a42/ops/reminder" }));
  const [first, repeat, resolved, reminder] = server.heard.map((mail) => read(mail).header);
  expect(first?.("Message-ID")).toMatch(/^<[0-9a-f]{40}@example\.org>$/);
  expect(first?.("Message-ID")).toBe(ref);
  expect(repeat?.("Message-ID")).toBe(ref);
  expect(resolved?.("Message-ID")).not.toBe(ref);
  expect(resolved?.("In-Reply-To")).toBe(ref);
  const root = first?.("References");
  expect(resolved?.("References")).toBe(`${root} ${ref}`);
  expect(reminder?.("References")).toBe(root);
  expect(reminder?.("Message-ID")).not.toBe(ref);
});

test("it has gone through when one of the recipients gets it", async () => {
  const server = await startMailServer();
  const some = server.answers;
  server.onHeard = () => delete some.RCPT;
  some.RCPT = "550 no such person";
  expect(await send(server, aNotice())).toMatchObject({ ok: true });
  expect(server.heard).toHaveLength(1);
});

test.each([
  ["greeting", "554 go away", false],
  ["greeting", "421 too busy", true],
  ["AUTH", "535 5.7.8 wrong hunter22 for ada", false],
  ["AUTH", "454 4.7.0 try later", true],
  ["MAIL", "451 4.3.0 later", true],
  ["MAIL", "503 what?", true],
  ["RCPT", "550 5.1.1 no such person", false],
  ["DATA", "554 no", false],
  ["message", "552 5.3.4 too big", false],
  ["message", "452 4.3.1 disk full", true],
  ["message", "cut", true],
] as const)("at %s %j is worth another try: %s", async (step, answer, retry) => {
  const server = await startMailServer();
  server.answers[step] = answer;
  const options = { host: "127.0.0.1", port: server.port, tls: "none", ...people };
  const secrets = { user: "ada", password: "hunter22" };
  const sent = await email.send(aNotice(), { options, secrets, signal });
  expect(sent).toMatchObject({ ok: false, retry });
  expect(JSON.stringify(sent)).not.toMatch(/hunter22|\bada\b/);
  if (answer !== "cut") expect(sent).toMatchObject({ reason: expect.stringContaining(answer.slice(0, 3)) });
});

/** As if somebody known had signed the certificate. */
function trustTheCertificate(): void {
  const before = tls.getCACertificates("default");
  tls.setDefaultCACertificates([...before, certificate.cert]);
  onTestFinished(() => tls.setDefaultCACertificates(before));
}

test.each(["implicit", "starttls"] as const)("with %s a stranger gets neither password nor message", async (kind) => {
  const server = await startMailServer({ tls: kind === "implicit" });
  server.answers.EHLO = "250-mail.test\r\n250-STARTTLS\r\n250 AUTH PLAIN";
  const options = { host: "127.0.0.1", port: server.port, tls: kind, ...people };
  const secrets = { user: "ada", password: "hunter22" };
  const sent = await email.send(aNotice(), { options, secrets, signal });
  expect(sent).toEqual({
    ok: false,
    retry: true,
    reason: "The mail server has a certificate that can't be trusted (DEPTH_ZERO_SELF_SIGNED_CERT)",
  });
  expect(server.said.filter((line) => !/^(EHLO|STARTTLS)/.test(line))).toEqual([]);
  trustTheCertificate();
  expect(await email.send(aNotice(), { options, secrets, signal })).toMatchObject({ ok: true });
  expect(server.heard).toHaveLength(1);
  expect(server.said).toContain(`AUTH PLAIN ${Buffer.from("\0ada\0hunter22").toString("base64")}`);
});

test("a server that offers no TLS gets nothing", async () => {
  const server = await startMailServer();
  server.answers.STARTTLS = "502 5.5.1 unknown";
  expect(await send(server, aNotice(), { tls: "starttls" })).toEqual({
    ok: false,
    retry: false,
    reason: "The mail server offers no STARTTLS, without which nothing is sent",
  });
  expect(server.heard).toEqual([]);
});

test.each([
  [{ host: "mail.example.org", tls: "none" }, {}, "options.tls"],
  [{ host: "mail.example.org", tls: "none", allowPlain: true }, {}, "options.tls"],
  [{ host: "10.0.0.1", tls: "none" }, {}, "options.tls"],
  [{ host: "https://mail.example.org" }, {}, "options.host"],
  [{ from: "Ada <ada@example.org>" }, {}, "options.from"],
  [{ to: [] }, {}, "options.to"],
  [{ to: "ada" }, {}, "options.to.0"],
  [{ port: 0 }, {}, "options.port"],
  [{}, { user: "ada" }, "secrets.password"],
])("%j with %j is refused for %s", (given, secrets, path) => {
  const options = { host: "mail.example.org", ...people, ...given };
  expect(entrySchema(email).safeParse({ options, secrets }).error?.issues[0]?.path.join(".")).toBe(path);
});

test("one recipient needs no list, and plain mail may go where it is wanted", () => {
  const options = { ...people, to: "ada@example.org", host: "10.0.0.1", tls: "none", allowPlain: true };
  expect(entrySchema(email).safeParse({ options, secrets: {} }).data?.options).toMatchObject({
    to: ["ada@example.org"],
  });
});
