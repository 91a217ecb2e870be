import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import envPaths from "env-paths";

interface Installation {
  root: string;
  version: string;
  /** It is a working copy with its sources, not an installed package. */
  isCheckout: boolean;
}

function readPackage(folder: string): { name?: string; version?: string } | undefined {
  const file = path.join(folder, "package.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { name?: string; version?: string }) : undefined;
}

/** Where this program lies, whether it runs from its sources or from the bundle. */
export function findInstallation(from: string = import.meta.dirname): Installation {
  const found = readPackage(from);
  if (found?.name === "sentinel") {
    return { root: from, version: found.version ?? "0.0.0", isCheckout: existsSync(path.join(from, "src", "cli")) };
  }
  const parent = path.dirname(from);
  if (parent === from) throw new Error("Sentinel's package.json is not above its program: install it again");
  return findInstallation(parent);
}

/** What the daemon and every client call themselves. */
export const version = (): string => findInstallation().version;

/** Where this user's own choices lie. */
export const configFolder = (): string => envPaths("sentinel", { suffix: "" }).config;

/** The data folder when nobody names one: `data` in a checkout, so that it is easily found, else the user's own. */
export function defaultDataFolder(): string {
  const { root, isCheckout } = findInstallation();
  return isCheckout ? path.join(root, "data") : envPaths("sentinel", { suffix: "" }).data;
}
