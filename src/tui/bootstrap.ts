/** What the program was started in: the only place of the console that looks at the environment. */
export interface Surroundings {
  env: Record<string, string | undefined>;
}

export interface Terminal {
  color: boolean;
  unicode: boolean;
}

const isSet = (value: string | undefined): boolean => value !== undefined && value !== "";

/**
 * Must run before Ink and React are loaded: React reads NODE_ENV then (its development build is half as fast), and
 * Ink's colours know FORCE_COLOR but not NO_COLOR (https://no-color.org).
 */
export function bootstrap({ env }: Surroundings = process): Terminal {
  env["NODE_ENV"] ||= "production";
  const color = !isSet(env["NO_COLOR"]) && env["FORCE_COLOR"] !== "0";
  if (!color) env["FORCE_COLOR"] = "0";
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  return {
    color,
    // The Linux console's font lacks the blocks.
    unicode: /utf-?8/i.test(locale) && env["TERM"] !== "linux",
  };
}
