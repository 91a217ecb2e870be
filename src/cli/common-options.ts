/** The flags that every command takes, most of them to find its daemon. */
export const commonOptions = {
  url: { type: "string", requiresArg: true, describe: "The daemon's address; else SENTINEL_URL, else this machine's" },
  token: {
    type: "string",
    requiresArg: true,
    describe: "An access token; seen in lists of processes for a moment, which --token-file isn't",
  },
  "token-file": {
    type: "string",
    requiresArg: true,
    describe: "A file that holds the token; else SENTINEL_TOKEN, SENTINEL_TOKEN_FILE, else the data folder's",
  },
  context: {
    type: "string",
    requiresArg: true,
    describe: "A daemon by its name (`sentinel context add`); else SENTINEL_CONTEXT",
  },
  data: { type: "string", requiresArg: true, describe: "The data folder; else SENTINEL_DATA" },
  ca: {
    type: "string",
    requiresArg: true,
    describe: "Who signed the daemon's certificate (PEM), if the system doesn't know them; else SENTINEL_CA",
  },
  json: { type: "boolean", describe: "Print the raw result as JSON" },
} as const;
