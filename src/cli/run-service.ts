import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Context } from "./context.ts";
import { CliFailure, statuses } from "./failure.ts";
import { findInstallation } from "./installation.ts";
import type { ServiceFlags } from "./service.ts";
import { unitFor } from "./service-unit.ts";

const unitName = "sentinel.service";

/** Runs a program of the system's; what it can't do ends the command with what it said. */
function system(program: string, ...args: string[]): void {
  const { status, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (error || status !== 0)
    throw new CliFailure(
      statuses.failed,
      `\`${[program, ...args].join(" ")}\` failed: ${stderr?.trim() || error?.message || status}`,
    );
}

/** Whether systemd runs this machine: sd_booted(3). */
const isBooted = (): boolean => existsSync("/run/systemd/system");

/** Writes the unit, makes its user, starts it; or takes the unit away again. Nothing is touched that it didn't make. */
export function runService(flags: ServiceFlags, { print }: Context): void {
  const { user, listen, config, root, print: onlyPrint, remove } = flags;
  const file = path.join(root, "etc/systemd/system", unitName);
  const isHere = path.resolve(root) === "/";
  const canStart = isHere && isBooted();
  if (!/^[a-z_][a-z0-9_-]{0,30}$/.test(user))
    throw new CliFailure(statuses.usage, "--user: a user's name has a-z 0-9 _ - and begins with a letter");
  if (config !== undefined && !path.isAbsolute(config))
    throw new CliFailure(statuses.usage, "--config: give the whole path, as in /etc/sentinel/sentinel.yaml");
  const { root: installation } = findInstallation();
  const unit = unitFor(readFileSync(path.join(installation, "deploy/systemd", unitName), "utf8"), {
    node: process.execPath,
    program: path.join(installation, "bin/sentinel.cjs"),
    user,
    listen,
    config,
  });
  if (onlyPrint) return print(unit.trimEnd());
  if (isHere && process.getuid?.() !== 0)
    throw new CliFailure(statuses.forbidden, "this takes root: sudo sentinel install-service; --print shows the unit");
  if (remove) return takeAway(file, canStart, print);
  for (const home of [installation, path.dirname(process.execPath)])
    if (/^\/(home|root|run\/user)\//.test(`${home}/`))
      throw new CliFailure(
        statuses.failed,
        `the service can't see ${home}: a service has no home folders. Install Sentinel and Node for all, as in /usr/local`,
      );
  if (isHere && spawnSync("id", [user]).status !== 0)
    system("useradd", "--system", "--home-dir", "/var/lib/sentinel", "--shell", "/usr/sbin/nologin", user);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, unit, { mode: 0o644 });
  print(`written: ${file}`);
  if (!canStart) return print("systemd doesn't run here; there: systemctl enable --now sentinel");
  system("systemctl", "daemon-reload");
  system("systemctl", "enable", "--now", unitName);
  print(
    "started; `systemctl status sentinel` shows it, and here is the console:\n  sudo sentinel-tui --data /var/lib/sentinel",
  );
}

function takeAway(file: string, canStart: boolean, print: (text: string) => void): void {
  if (!existsSync(file)) throw new CliFailure(statuses.failed, `there is no ${file}`);
  if (canStart) system("systemctl", "disable", "--now", unitName);
  rmSync(file);
  if (canStart) system("systemctl", "daemon-reload");
  print(`removed: ${file}; the data is still in /var/lib/sentinel`);
}
