import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { root, run, temporaryFolder, until } from "../support/processes.ts";

/** Where groups of processes are, if they can be made. */
const groups = / (\S+) cgroup2 rw/.exec(readFileSync("/proc/mounts", "utf8"))?.[1];

/** A machine in folders: this one's programs, read-only, Sentinel in /opt, and a systemd of its own as process 1. */
const machine = (at: string): string => `set -eu
mount -t tmpfs tmpfs ${at}; cd ${at}
for one in usr lib lib64 bin sbin; do [ ! -d /$one ] || { mkdir $one; mount -o bind,ro /$one $one; }; done
mkdir -p etc/systemd/system etc/sentinel run tmp var/lib var/log proc sys dev root home old opt/sentinel/node_modules
mount -t proc proc proc; mount -o bind proc/sys proc/sys; mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys; mount -t cgroup2 cgroup2 sys/fs/cgroup; mount -o rbind /dev dev
mount -t tmpfs tmpfs run; mount -t tmpfs tmpfs tmp
echo 0123456789abcdef0123456789abcdef > etc/machine-id; echo a-passphrase-of-ours > etc/sentinel/passphrase
printf 'root:x:0:0::/root:/bin/sh\\nnobody:x:65534:65534::/:/bin/false\\n' > etc/passwd
printf 'root:x:0:\\nsystemd-journal:x:101:\\nnogroup:x:65534:\\n' > etc/group; touch etc/shadow etc/gshadow
cp -a ${["bin", "dist", "deploy", "package.json"].map((name) => path.join(root, name)).join(" ")} opt/sentinel
mount -o bind,ro ${realpathSync(path.join(root, "node_modules"))} opt/sentinel/node_modules
touch opt/node; mount -o bind,ro ${realpathSync(process.execPath)} opt/node
ip link set lo up
# What a container's systemd leaves to whoever starts it; without it no unit sees its credentials.
pivot_root . old; exec </dev/null >/tmp/log 2>&1; umount -l /old; mount --make-rshared /
exec env -i container=folders PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=basic.target`;

const canTry = process.getuid?.() === 0 && groups !== undefined && existsSync("/lib/systemd/systemd");

test.skipIf(!canTry)(
  "under a systemd that runs: install-service starts it with its sandbox, the watchdog starts it anew, --remove leaves the data",
  async ({ skip }) => {
    const folder = temporaryFolder();
    const [group, at] = [path.join(groups ?? "", path.basename(folder)), path.join(folder, "root")];
    mkdirSync(at);
    writeFileSync(path.join(folder, "boot.sh"), machine(at));
    try {
      mkdirSync(group);
    } catch {
      return skip("no group of processes can be made here");
    }
    const enter = `echo $$ > ${group}/cgroup.procs && exec unshare -mpuinC --fork --kill-child sh ${folder}/boot.sh`;
    const outer = run("sh", ["-c", enter]);
    onTestFinished(async () => {
      outer.child.kill("SIGKILL");
      await outer.ended;
      await until(
        "its processes' end",
        () =>
          spawnSync("find", [group, "-depth", "-type", "d", "-exec", "rmdir", "{}", ";"]).status === 0 &&
          !existsSync(group),
      );
    });
    const inside = (script: string): string => {
      const first = execFileSync("pgrep", ["-P", String(outer.pid)], { encoding: "utf8" }).trim();
      const given = ["-t", first, "-a", "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "sh", "-c", script];
      return execFileSync("nsenter", given, { encoding: "utf8", stdio: "pipe" }).trim();
    };
    const says = (script: string): string => {
      try {
        return inside(script);
      } catch {
        return "";
      }
    };
    try {
      await until("systemd", () => says("systemctl is-system-running") === "running", 10_000);
    } catch {
      return skip(`no systemd runs in folders here: ${outer.stderr()}`);
    }
    const sentinel = "/opt/node /opt/sentinel/bin/sentinel.cjs";
    const show = (names: string): string => inside(`systemctl show sentinel --value -p ${names}`);

    expect(inside(`${sentinel} install-service`)).toContain("started;");
    expect(show("StatusText")).toMatch(/^0 hosts, revision \d+$/);
    const status = inside("cat /proc/$(systemctl show sentinel --value -p MainPID)/status");
    expect(status).toMatch(/^CapBnd:\t0+$/m);
    expect(status).toMatch(/^NoNewPrivs:\t1$/m);
    expect(status).not.toMatch(/^Uid:\t0/m);
    expect(inside("stat -c '%U %a' /var/lib/sentinel")).toBe("sentinel 700");

    const given =
      "[Service]\\nLoadCredential=SENTINEL_BACKUP_PASSPHRASE:/etc/sentinel/passphrase\\nWatchdogSec=1\\nRestartSec=0\\n";
    const dropIn = "/etc/systemd/system/sentinel.service.d";
    inside(
      `mkdir ${dropIn}; printf '${given}' > ${dropIn}/own.conf; systemctl daemon-reload; systemctl restart sentinel`,
    );
    expect(inside(`${sentinel} config show --json --data /var/lib/sentinel`)).toMatch(/SENTINEL_BACKUP_PASSPHRASE/);
    inside("kill -STOP $(systemctl show sentinel --value -p MainPID)");
    await until("the watchdog", () => show("NRestarts") === "1" && show("ActiveState") === "active");

    expect(inside(`${sentinel} install-service --remove`)).toContain("the data is still in /var/lib/sentinel");
    expect(says("systemctl is-active sentinel")).toBe("");
    expect(inside("ls /var/lib/sentinel")).toContain("db.json");
  },
  60_000,
);
