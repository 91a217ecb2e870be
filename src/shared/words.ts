/** Words of the model that have no schema of their own: whoever only shows them needn't load one. */

/** What keeps everything from getting through, from the nearest layer to the farthest. */
export const lostLayers = ["gateway", "lost", "captive", "dns"] as const;
/** What lets some of it through, or all of it slowly. */
export const poorLayers = ["partial", "slow"] as const;
export const lineLayers = [...lostLayers, ...poorLayers] as const;

/** How grave a line says it is, in syslog's words, the gravest first. */
export const logSeverities = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"] as const;
export type LogSeverity = (typeof logSeverities)[number];
