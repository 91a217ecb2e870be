import type { Answers } from "./answers.ts";

/** JSON is YAML, and quotes whatever needs it. */
const quoted = (value: unknown): string => JSON.stringify(value);

/** The configuration as a person would write it: what was said, and behind a # what could be. Holds no secret. */
export function renderConfig(answers: Answers, keyFile: string | undefined): string {
  const { data, listen, tls, insecureHttp, publicUrl, model } = answers;
  const unless = (isSaid: boolean): string => (isSaid ? "" : "# ");
  const modelLine = model
    ? quoted({ url: model.url, name: model.name, allowHttp: model.allowHttp })
    : '{ url: "https://…/v1", name: … }';
  return `# Sentinel's configuration, as \`sentinel init\` wrote it. A flag or an environment variable rules over it.
# Every other setting is in data/sentinel.example.yaml; \`sentinel config show\` says what counts, and why.

# Where everything is kept, secrets too. One daemon a folder.
data: ${quoted(data)}

# Where hosts and consoles connect. Beyond this machine it takes TLS, or insecureHttp: true.
listen: ${quoted(listen)}
${unless(insecureHttp)}insecureHttp: true
${unless(tls !== undefined)}tls: ${tls ? quoted(tls) : "{ certFile: /etc/sentinel/tls.crt, keyFile: /etc/sentinel/tls.key }"}

# The address that hosts and people reach it by: it is in the URLs shown with new hosts.
${unless(publicUrl !== undefined)}publicUrl: ${quoted(publicUrl ?? "https://sentinel.example.org")}

# The model's key, alone in a file.
${unless(keyFile !== undefined)}modelKey: ${quoted({ file: keyFile ?? "/etc/sentinel/model.key" })}

# What can be changed while the daemon runs, too: that rules over what is here.
${unless(model !== undefined)}settings:
  # The model that explains what logs show.
  ${unless(model !== undefined)}model: ${modelLine}
  # What business hours are where a host doesn't say otherwise.
  # businessHours: { start: "08:00", end: "18:00", days: [1, 2, 3, 4, 5], zone: UTC }
  # The daily backup: how many are kept, and when it is made (UTC).
  # backup: { keep: 7, at: "03:17" }
`;
}
