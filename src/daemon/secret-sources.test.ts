import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { OptionsError, readOptions } from "./options.ts";

const folder = mkdtempSync(join(tmpdir(), "sentinel-secret-sources-"));
let files = 0;
function fileOf(text: string, name = `${++files}`): string {
  const path = join(folder, name);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}
const read = (env: Record<string, string>, config?: string) => readOptions({ flags: { config }, env });

/** What each gives, as an option, and a value that would do. */
const secrets = {
  API_SECRET_KEY: ["apiSecretKey", "s3cret-api-key"],
  SENTINEL_BACKUP_PASSPHRASE: ["backupPassphrase", "s3cret passphrase "],
  DISCORD_WEBHOOK_URL: ["discordWebhookUrl", "https://discord.example/s3cret"],
  HEALTHCHECKS_URL: ["upstream.url", "https://hc-ping.example/s3cret"],
  LLM_API_KEY: ["modelKey", "s3cret-model-key"],
} as const;

type Options = ReturnType<typeof read>;
const valueOf = (options: Options, name: string): string | undefined =>
  name === "upstream.url" ? options.upstream?.url?.reveal() : options[name as "modelKey"]?.reveal();
const itemOf = (options: Options, name: string) => options.items.find((item) => item.name === name);

describe.each(Object.entries(secrets))("%s", (variable, [name, value]) => {
  const inConfig = (given: string): string => {
    const text = name === "upstream.url" ? `settings: { upstream: { url: ${given} } }` : `${name}: ${given}`;
    return fileOf(text, `${++files}.yaml`);
  };
  const other = value.replace("s3cret", "0ther-s3cret");

  test("is read from the environment, a file, systemd's credential and the configuration, in that order", () => {
    const config = inConfig(JSON.stringify(other));
    expect(valueOf(read({}, config), name)).toBe(other);
    const named = fileOf(`${value}\n`);
    expect(valueOf(read({}, inConfig(`{ file: ${JSON.stringify(named)} }`)), name)).toBe(value);
    const credential = fileOf(`${value}\r\n`, variable);
    const byCredential = read({ CREDENTIALS_DIRECTORY: folder }, config);
    expect([valueOf(byCredential, name), itemOf(byCredential, name)?.from]).toEqual([value, credential]);
    const byFile = read({ [`${variable}_FILE`]: fileOf(`${other}\n`), CREDENTIALS_DIRECTORY: folder });
    expect([valueOf(byFile, name), itemOf(byFile, name)?.from]).toEqual([other, `${variable}_FILE`]);
    expect(valueOf(read({ [variable]: value, [`${variable}_FILE`]: "/not/there" }), name)).toBe(value);
  });

  test("is masked wherever it is shown, and where a file has something wrong, that is said without it", () => {
    const options = read({ [`${variable}_FILE`]: fileOf(value) });
    expect([JSON.stringify(options), inspect(options, { depth: 9 }), String(options)].join()).not.toContain("s3cret");
    for (const [path, complaint] of [
      ["/not/there", /_FILE: can't read \/not\/there: ENOENT/],
      [folder, /_FILE: can't read .*: EISDIR/],
      [fileOf(" \n"), /_FILE: .* is empty/],
      [fileOf("s3cret".repeat(3_000)), /_FILE: .* is too long for a secret/],
    ] as const) {
      const start = () => read({ [`${variable}_FILE`]: path });
      expect(start).toThrow(OptionsError);
      expect(start).toThrow(complaint);
      expect(start).not.toThrow(/s3cret/);
    }
  });
});

test("a file in the configuration is relative to it, and is named when it isn't there", () => {
  fileOf("s3cret-model-key\n", "model.key");
  expect(read({}, fileOf("modelKey: { file: model.key }", "a.yaml")).modelKey?.reveal()).toBe("s3cret-model-key");
  expect(() => read({}, fileOf("modelKey: { file: no.key }", "b.yaml"))).toThrow(
    /^modelKey: can't read .*no.key: ENOENT/,
  );
  expect(() => read({}, fileOf("modelKey: 7", "c.yaml"))).toThrow(/modelKey: write the secret, or \{file: path\}/);
});

test("a file with a secret that everybody can read is warned of, one for its group isn't", () => {
  const key = fileOf("s3cret-model-key");
  const config = fileOf("apiSecretKey: s3cret-api-key", "open.yaml");
  expect(read({ LLM_API_KEY_FILE: key }, config).warnings).toEqual([]);
  chmodSync(key, 0o644);
  chmodSync(config, 0o640);
  expect(read({ LLM_API_KEY_FILE: key }, config).warnings).toEqual([
    `everybody on this machine can read ${key}, which holds a secret: chmod 600 it`,
  ]);
});
