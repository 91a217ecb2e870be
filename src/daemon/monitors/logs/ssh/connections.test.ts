import { writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { freePort, temporaryFolder, until } from "../../../../../tests/support/processes.ts";
import {
  fingerprintOf,
  makeKey,
  sshdIsThere,
  startAgent,
  startSshd,
  withSshd,
  type Sshd,
} from "../../../../../tests/support/sshd.ts";
import { connecting } from "./connecting.test-support.ts";
import type { Passed } from "./dial.ts";
import { sshTargetSchema, type SshTarget } from "./target.ts";

const targetOf = ({ port, user, keyFile }: Sshd, given: object = {}): SshTarget =>
  sshTargetSchema.parse({ host: "127.0.0.1", port, user, keyFile, ...given });

describe.skipIf(!sshdIsThere)(withSshd, () => {
  test("a key lets us in, the server's key is pinned, and each step is told", async () => {
    const server = await startSshd();
    const { connections, pins, signal } = connecting();
    const steps: Passed[] = [];
    const { release } = await connections.fresh({ target: targetOf(server), host: "web01", signal }, (step) =>
      steps.push(step),
    );
    release();
    expect(steps.map(({ step, detail }) => [step, detail])).toEqual([
      ["resolve", "127.0.0.1"],
      ["connect", `127.0.0.1, port ${server.port}`],
      ["handshake", "it speaks SSH"],
      ["host-key", `ssh-ed25519 ${server.fingerprint()}, pinned now`],
      ["authenticate", `as ${server.user}, with the key ${server.keyFile}`],
    ]);
    expect(pins).toEqual(new Map([[`127.0.0.1:${server.port}`, `ssh-ed25519 ${server.fingerprint()}`]]));
  });

  test("a key with a passphrase, which is in a file", async () => {
    const folder = temporaryFolder();
    const keyFile = makeKey(path.join(folder, "key"), "open sesame");
    const passphraseFile = path.join(folder, "passphrase");
    writeFileSync(passphraseFile, "open sesame\n");
    const server = await startSshd({ keys: [keyFile] });
    expect(await connecting().said(targetOf(server, { keyFile, passphraseFile }), "echo in")).toBe("in\n");
    expect((await connecting().fault(targetOf(server, { keyFile }))).message).toBe(
      `${keyFile} needs a passphrase: set passphraseFile`,
    );
    writeFileSync(passphraseFile, "open barley");
    const wrong = await connecting().fault(targetOf(server, { keyFile, passphraseFile }));
    expect(wrong.message).toBe(`${keyFile} needs another passphrase than the one given`);
    expect([wrong.step, wrong.reason, String(wrong.cause)]).toEqual([
      "authenticate",
      "key-unreadable",
      expect.not.stringContaining("barley"),
    ]);
  });

  test("an agent lets us in, the daemon's or one of the host's own", async () => {
    const folder = temporaryFolder();
    const keys = [makeKey(path.join(folder, "other")), makeKey(path.join(folder, "key"), "", "rsa")];
    const server = await startSshd({ keys: keys.slice(1) });
    const agentSocket = await startAgent(...keys);
    const target = targetOf(server, { keyFile: undefined });
    expect(await connecting({ agentSocket }).said(target, "echo in")).toBe("in\n");
    expect(await connecting().said({ ...target, agentSocket }, "echo in")).toBe("in\n");
    expect(await connecting().fault(target)).toMatchObject({ step: "authenticate", reason: "no-credentials" });
    const nobody = path.join(folder, "no-agent");
    expect(await connecting().fault({ ...target, agentSocket: nobody })).toMatchObject({
      step: "authenticate",
      reason: "agent",
      message: `127.0.0.1:${server.port}: the agent at ${nobody} doesn't answer (Failed to connect to agent): see that it runs`,
    });
  });

  test("a jump host passes us on, and both keys are pinned", async () => {
    const jump = await startSshd();
    const inner = await startSshd();
    const { jump: _, ...through } = targetOf(jump);
    const { said, pins, clock } = connecting();
    const target = targetOf(inner, { jump: through });
    expect(await said(target, 'echo "$SSH_CONNECTION"')).toMatch(`127.0.0.1 ${inner.port}\n`);
    expect([...pins.keys()]).toEqual([`127.0.0.1:${jump.port}`, `127.0.0.1:${inner.port}`]);
    expect([jump.connections(), inner.connections()]).toEqual([1, 1]);
    // The way through lasts as long as what goes through it.
    clock.advance(60_000);
    await until(
      "both to be left",
      () =>
        [inner, jump].every((one) => /Disconnected from|Connection closed/.test(one.log())) ||
        (clock.advance(60_000), false),
    );
  });

  test("a jump host that doesn't pass us on says so, and one that doesn't get through", async () => {
    const closed = await startSshd({ config: ["AllowTcpForwarding no"] });
    const inner = await startSshd();
    const { jump: _, ...through } = targetOf(closed);
    expect(await connecting().fault(targetOf(inner, { jump: through }))).toMatchObject({
      step: "connect",
      reason: "not-offered",
      message: `the jump host 127.0.0.1:${closed.port} doesn't pass connections on: allow it there (AllowTcpForwarding, PermitOpen)`,
    });
    const { jump: __, ...open } = targetOf(inner);
    const port = await freePort();
    expect(await connecting().fault(targetOf(inner, { port, jump: open }))).toMatchObject({
      step: "connect",
      reason: "unreachable",
      message: `the jump host 127.0.0.1:${inner.port} doesn't reach 127.0.0.1:${port}: Connection refused`,
    });
  });

  test("a key that isn't let in", async () => {
    const server = await startSshd();
    const keyFile = makeKey(path.join(temporaryFolder(), "stranger"));
    expect(await connecting().fault(targetOf(server, { keyFile }))).toMatchObject({
      step: "authenticate",
      reason: "denied",
      message:
        `127.0.0.1:${server.port} doesn't let ${server.user} in with the key ${keyFile}: see that the public half is ` +
        "in that user's authorized_keys, and what the server's own log says",
    });
  });

  test("a host key that has changed is refused with both, and accepted once it is pinned", async () => {
    const server = await startSshd();
    const name = `127.0.0.1:${server.port}`;
    const { said, fault, pins, refused } = connecting();
    const target = targetOf(server);
    await said(target, "true");
    const before = server.fingerprint();
    await server.kill();
    server.changeHostKey();
    await server.start();
    await until("the old connection to end", async () => (await fault(target)).step === "host-key");
    const { message, reason } = await fault(target);
    expect(reason).toBe("host-key-changed");
    expect(message).toContain(`shows another host key than before: ssh-ed25519 ${server.fingerprint()}`);
    expect(message).toContain(`known is ssh-ed25519 ${before}`);
    expect(message).toContain("sentinel logs trust web01");
    expect(server.log()).not.toMatch(/Accepted publickey[\s\S]*Accepted publickey/);
    pins.set(name, refused.get(name) ?? "");
    expect(await said(target, "echo in")).toBe("in\n");
  });

  test("a server that gets a key of another kind beside the pinned one is no stranger", async () => {
    const rsa = makeKey(path.join(temporaryFolder(), "host"), "", "rsa");
    const server = await startSshd({ config: [`HostKey ${rsa}`] });
    const { said, pins } = connecting();
    const pin = `ssh-rsa ${fingerprintOf(rsa)}`;
    pins.set(`127.0.0.1:${server.port}`, pin);
    expect(await said(targetOf(server), "echo in")).toBe("in\n");
  });

  test("one connection serves all, is kept for a minute, and is made anew when it was cut", async () => {
    const server = await startSshd();
    const { said, clock } = connecting();
    const target = targetOf(server);
    const all = await Promise.all(Array.from({ length: 12 }, (_, i) => said(target, `echo ${i}`)));
    expect(all).toEqual(Array.from({ length: 12 }, (_, i) => `${i}\n`));
    clock.advance(59_000);
    await said(target, "true");
    expect(server.connections()).toBe(1);
    clock.advance(59_000);
    expect(server.log()).not.toContain("Disconnected from");
    clock.advance(1_000);
    await until("it to be left", () => server.log().includes("Disconnected from"));
    await said(target, "true");
    expect(server.connections()).toBe(2);
    await server.kill();
    await server.start();
    await until("it to be made anew", () => said(target, "echo back").catch(() => ""));
    expect(server.connections()).toBe(3);
  });
});
