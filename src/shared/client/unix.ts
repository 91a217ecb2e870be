/** The file of a daemon's Unix socket, where its address is one: `unix:/run/sentinel/sentinel.sock`. */
export const socketPathOf = (url: string): string | undefined => /^unix:(\/[^:]+)$/.exec(url)?.[1];
