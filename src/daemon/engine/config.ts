import type { ConfigItem } from "../../shared/api/config.ts";
import type { Result } from "../../shared/api/registry.ts";
import { settingNames } from "../../shared/model.ts";
import { WEBHOOK, webhookOf } from "../domain/channel.ts";
import type { Store } from "../domain/store.ts";
import { settingOf } from "../domain/surroundings.ts";
import { maskUrl } from "../outgoing/url.ts";
import { secretName } from "./channels.ts";

/** What the daemon was started with, as far as people may see it. */
export interface Configuration {
  /** Every option, and each field of a setting that environment or file gives (`businessHours.start`). */
  items: readonly ConfigItem[];
  /** A secret of the environment or the file. */
  upstreamUrl?: { reveal(): string } | undefined;
}

/** Under which name the upstream's URL is kept that was set at run time. */
export const UPSTREAM_SECRET = "setting:upstream";
/** What sets up the channels that environment or file name. */
export const CONFIGURED_BY = "configuration";

/** The URL that was set at run time together with the setting, else the configured one. */
const setUrl = ({ state, secrets }: Store): string | undefined =>
  state.get("setting", "upstream") && secrets.get(UPSTREAM_SECRET)?.["url"];
export const upstreamUrl = (store: Store, { upstreamUrl }: Configuration): string | undefined =>
  setUrl(store) ?? upstreamUrl?.reveal();

export const webhookUrl = ({ state, secrets }: Store): string | undefined =>
  webhookOf(state) && secrets.get(secretName(WEBHOOK))?.["url"];

const masked = (url: string | undefined): string | null => (url === undefined ? null : maskUrl(url));

/** The readings that need secrets or the configuration beside the state: nothing of a secret but where it leads. */
export function createConfigAnswers(store: Store, configuration: Configuration) {
  const webhook = (): Result<"webhook.show"> => ({
    enabled: webhookOf(store.state)?.enabled ?? false,
    url: masked(webhookUrl(store)),
  });
  const upstream = (): Result<"upstream.show"> => ({
    ...settingOf(store.state, "upstream"),
    url: masked(upstreamUrl(store, configuration)),
  });
  return {
    "webhook.show": webhook,
    "upstream.show": upstream,
    "setting.all": (): Result<"setting.all"> => ({ webhook: webhook(), upstream: upstream() }),
    "config.show": (): Result<"config.show"> => ({ items: [...optionItems(store, configuration), ...settingItems()] }),
  };

  function settingItems(): ConfigItem[] {
    const given = new Map(configuration.items.map((item) => [item.name, item]));
    return settingNames.flatMap((name) => {
      const atRunTime = store.state.get("setting", name) !== undefined;
      const origin = (field: string): Omit<ConfigItem, "value"> =>
        atRunTime ? { name: field, source: "run-time" } : { source: "default", ...given.get(field), name: field };
      const value: unknown = settingOf(store.state, name);
      const fields = Array.isArray(value) ? { [name]: value } : prefixed(name, value as object);
      const items = Object.entries(fields).map(([field, one]) => ({ ...origin(field), value: one }));
      return name === "upstream" ? [...items, urlItem(given.get("upstream.url"))] : items;
    });
  }

  function urlItem(configured: ConfigItem | undefined): ConfigItem {
    const url = setUrl(store);
    if (url !== undefined) return { name: "upstream.url", value: maskUrl(url), source: "run-time" };
    return configured ?? { name: "upstream.url", value: null, source: "default" };
  }
}

const prefixed = (name: string, value: object) =>
  Object.fromEntries(Object.entries(value).map(([field, one]) => [`${name}.${field}`, one]));

/** The channel that the configuration names is a person's own, once a person has set it up. */
const optionItems = (store: Store, { items }: Configuration): ConfigItem[] =>
  items
    .filter(({ name }) => !settingNames.some((setting) => name === setting || name.startsWith(`${setting}.`)))
    .map((item) => {
      const channel = store.state.get("channel", WEBHOOK)?.value;
      if (item.name !== "discordWebhookUrl" || !channel || channel.by === CONFIGURED_BY) return item;
      return { name: item.name, value: masked(webhookUrl(store)), source: "run-time" };
    });
