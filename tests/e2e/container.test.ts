import { execFile, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { copyContext, instructionsOf } from "../support/dockerfile.ts";
import { root, temporaryFolder } from "../support/processes.ts";

const steps = instructionsOf(readFileSync(path.join(root, "deploy/docker/Dockerfile"), "utf8"));
const all = (word: string): string[] => steps.filter((step) => step.word === word).map(({ rest }) => rest);
const last = (word: string): string => all(word).at(-1) ?? "";
const listOf = (text: string): string[] => JSON.parse(text) as string[];
const variables = (text: string): [string, string][] =>
  text.split(" ").map((one) => one.split("=") as [string, string]);
const healthCheck = (): string[] => listOf(last("HEALTHCHECK").replace(/^.*? CMD /, ""));

const { services } = parse(readFileSync(path.join(root, "deploy/docker/compose.yaml"), "utf8"));
const service = services.sentinel;

describe("the Dockerfile", () => {
  test("begins with images of one version, that of the Node which the tests run on", () => {
    const [major, minor] = process.versions.node.split(".");
    expect(all("FROM").map((rest) => rest.split(" ")[0])).toEqual(
      all("FROM").map(() => `node:${major}.${minor}-bookworm-slim`),
    );
    expect(all("FROM").length).toBe(2);
  });
  test("ends as a user who isn't root, with words that no shell reads", () => {
    expect(last("USER")).toBe("node");
    expect([listOf(last("ENTRYPOINT")), listOf(last("CMD")), healthCheck()[0]]).toEqual([
      ["sentinel"],
      ["daemon"],
      "sentinel",
    ]);
  });
  test("takes nothing from elsewhere but packages, and leaves no lists of them", () => {
    expect(all("ADD")).toEqual([]);
    for (const run of all("RUN").filter((one) => one.includes("apt-get install")))
      expect(run).toMatch(/apt-get install.* --no-install-recommends .*&& rm -rf \/var\/lib\/apt\/lists\/\*/);
    expect(all("RUN").join()).not.toMatch(/\bsudo\b|\bcurl\b|\bwget\b|apt-get (dist-)?upgrade/);
  });
  test("works in whole paths, and tells the port on which it listens", () => {
    for (const folder of [...all("WORKDIR"), ...all("VOLUME")]) expect(folder).toMatch(/^\//);
    const env = Object.fromEntries(all("ENV").flatMap(variables));
    expect(env).toMatchObject({ SENTINEL_DATA: last("VOLUME") });
    expect(env["SENTINEL_LISTEN"]).toBe(`0.0.0.0:${last("EXPOSE")}`);
  });
});

test("compose gives it a volume and its port on this machine alone, and takes from it all else", () => {
  expect(service).toMatchObject({
    build: { context: "../..", dockerfile: "deploy/docker/Dockerfile" },
    restart: "unless-stopped",
    volumes: [`data:${last("VOLUME")}`],
    ports: [`127.0.0.1:${last("EXPOSE")}:${last("EXPOSE")}`],
    read_only: true,
    cap_drop: ["ALL"],
    security_opt: ["no-new-privileges:true"],
    healthcheck: { test: ["CMD", ...healthCheck()] },
  });
  expect(service).not.toHaveProperty("privileged");
});

const quoted = (words: readonly string[]): string =>
  words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
const npm = path.dirname(path.dirname(realpathSync(spawnSync("which", ["npm"], { encoding: "utf8" }).stdout.trim())));

/** A root as the base image has it: this machine's programs, read-only, and a Node; all else is its own. */
const from = (to: string): string => `
root=${to}; mkdir -p $root; mount --bind $root $root
mkdir -p $root/etc $root/root $root/tmp $root/node $root/var/lib/apt/lists
printf 'root:x:0:0::/root:/bin/sh\\nnode:x:1000:1000::/tmp:/bin/sh\\n' > $root/etc/passwd
printf 'root:x:0:\\nnode:x:1000:\\n' > $root/etc/group
for one in /usr/bin /usr/sbin /usr/lib /usr/share /bin /sbin /lib /lib64 /proc /dev ${npm}; do
  [ ! -d $one ] || { mkdir -p $root$one; mount -o rbind,ro $one $root$one; }
done
touch $root/node/node; mount -o bind,ro ${realpathSync(process.execPath)} $root/node/node
printf '#!/bin/sh\\nexec node ${npm}/bin/npm-cli.js "$@"\\n' > $root/node/npm; chmod +x $root/node/npm`;

/** What takes a registry is left out; in the place of `npm ci` stands what it has put here. */
const standIn = (command: string): string | undefined => {
  if (command.startsWith("npm ci ")) return `mkdir -p node_modules`;
  return /^apt-get (update|install) /.test(command) ? "true" : undefined;
};

/** The image's steps as a script: each stage in a folder of its own, RUN as root with that folder as the root. */
function script(folder: string): string {
  const lines: string[] = ["set -eu", "ip link set lo up"];
  const names: Record<string, string> = {};
  let [stage, place, env] = ["", "/", ""];
  for (const { word, rest } of steps) {
    const words = rest.split(" ");
    if (word === "FROM") {
      stage = path.join(folder, `stage${Object.keys(names).length}`);
      names[words[2] ?? "last"] = stage;
      [place, env] = ["/", ""];
      lines.push(from(stage));
    } else if (word === "WORKDIR") {
      place = rest;
      lines.push(`mkdir -p ${stage}${place}`);
    } else if (word === "ENV") env = `${env} ${rest}`;
    else if (word === "COPY") {
      const source = /^--from=(.*)$/.exec(words[0] ?? "")?.[1];
      const [base, files] = source ? [names[source], words.slice(1, -1)] : [`${folder}/context`, words.slice(0, -1)];
      const to = path.join(stage, path.resolve(place, words.at(-1) ?? ""));
      lines.push(`mkdir -p ${to}`);
      for (const file of files) {
        const one = path.join(base ?? "", file);
        lines.push(`if [ -d ${one} ]; then cp -a ${one}/. ${to}; else cp -a ${one} ${to}; fi`);
      }
    } else if (word === "RUN") {
      const run = rest.split(" && ").map((command) => standIn(command) ?? command);
      lines.push(
        `chroot ${stage} env -i HOME=/root PATH=/node:/usr/bin:/bin${env} sh -ec ${quoted([`cd ${place}; ${run.join(" && ")}`])}`,
      );
      if (rest.startsWith("npm ci "))
        lines.push(`mount -o bind,ro ${realpathSync(path.join(root, "node_modules"))} ${stage}${place}/node_modules`);
    }
  }
  const volume = last("VOLUME");
  const asUser = `chroot ${stage} setpriv --reuid=${last("USER")} --regid=${last("USER")} --clear-groups --bounding-set=-all --inh-caps=-all --no-new-privs`;
  const given = Object.entries(service.environment as Record<string, string>).map((pair) => pair.join("="));
  const inside = `${asUser} env -i PATH=/usr/local/bin:/node:/usr/bin:/bin SENTINEL_LINE=off${env} ${quoted(given)}`;
  return `${lines.join("\n")}
# The engine's part: the root read-only, the volume as the image has it, /tmp in memory.
cp -a ${stage}${volume} ${folder}/volume
mount --bind ${folder}/volume ${stage}${volume}
mount -t tmpfs tmpfs ${stage}/tmp
mount -o remount,bind,ro ${stage}
if touch ${stage}/usr/local/x 2>/dev/null; then echo "the root can be written"; exit 1; fi
${inside} ${quoted([...listOf(last("ENTRYPOINT")), ...listOf(last("CMD"))])} 2>${folder}/log & daemon=$!
health() { ${inside} ${quoted(healthCheck())}; }
tries=0; until health >${folder}/health 2>&1; do tries=$((tries + 1)); [ $tries -lt 50 ] || { cat ${folder}/log; exit 1; }; sleep 0.1; done
ping=$(${inside} sentinel host add job --every 1h --json | sed -n 's/.*"ping_url": *"\\([^"]*\\)".*/\\1/p')
curl -fsS -o /dev/null "$ping"
${inside} sentinel host show job --json >${folder}/host
ps -o uid= -p $daemon | tr -d ' '
kill -TERM $daemon; ended=0; wait $daemon || ended=$?
echo $ended
if health >/dev/null 2>&1; then echo "healthy after its end"; exit 1; fi
`;
}

/** What making a root of one's own takes: to be root, and what a container's own root may not always. */
const canMount =
  spawnSync("unshare", ["-mn", "sh", "-c", "mount -t tmpfs tmpfs /tmp && ip link set lo up"]).status === 0;

test.skipIf(!canMount)(
  "the image's steps, one after the other, make a daemon that runs unprivileged on a read-only root",
  async () => {
    const folder = temporaryFolder();
    mkdirSync(path.join(folder, "context"));
    copyContext(root, path.join(folder, "context"));
    for (const kept of ["node_modules", "dist", ".git"])
      expect(existsSync(path.join(folder, "context", kept))).toBe(false);
    writeFileSync(path.join(folder, "steps.sh"), script(folder));
    const { stdout } = await promisify(execFile)("unshare", ["-mn", "sh", path.join(folder, "steps.sh")]);
    expect(stdout.trim().split("\n").slice(-2)).toEqual(["1000", "0"]);
    expect(JSON.parse(readFileSync(path.join(folder, "health"), "utf8"))).toMatchObject({ status: "healthy" });
    expect(JSON.parse(readFileSync(path.join(folder, "host"), "utf8"))).toMatchObject({ state: "up" });
    expect(existsSync(path.join(folder, "volume/db.json"))).toBe(true);
  },
  60_000,
);
