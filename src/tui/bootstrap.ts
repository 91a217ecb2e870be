import type { ColorDepth, NoticeForm } from "./settings.ts";

/** What the program was started in: the only place of the console that looks at the environment. */
export interface Surroundings {
  env: Record<string, string | undefined>;
}

/** What stands between us and the terminal, and keeps what it doesn't know to itself. */
export type Multiplexer = "tmux" | "screen";

export interface Terminal {
  depth: ColorDepth;
  unicode: boolean;
  multiplexer: Multiplexer | undefined;
  /** The form of a desktop notice that it most likely takes. */
  notice: NoticeForm;
}

const isSet = (value: string | undefined): boolean => value !== undefined && value !== "";

const forcedDepths: Record<string, ColorDepth> = { "0": 1, false: 1, "1": 4, "2": 8, "3": 24 };
/** Those that have all colours and say so in TERM, which goes along over SSH; COLORTERM doesn't. */
const colorful = /-direct$|^(alacritty|foot|ghostty|kitty|wezterm|xterm-(ghostty|kitty))\b/;

/** NO_COLOR counts first (https://no-color.org), then FORCE_COLOR (as in Node), then what the terminal says. */
function depthOf(env: Surroundings["env"]): ColorDepth {
  const term = env["TERM"] ?? "";
  if (isSet(env["NO_COLOR"])) return 1;
  const forced = forcedDepths[env["FORCE_COLOR"] ?? ""];
  if (forced !== undefined) return forced;
  // GNU screen hands on what it was started with, and shows 256 at most.
  const isAll = /^(truecolor|24bit)$/.test(env["COLORTERM"] ?? "") || isSet(env["WT_SESSION"]) || colorful.test(term);
  if (isAll && !isSet(env["STY"])) return 24;
  return isAll || term.includes("256") ? 8 : 4;
}

const multiplexerOf = (env: Surroundings["env"]): Multiplexer | undefined => {
  if (isSet(env["TMUX"])) return "tmux";
  // TERM goes along over SSH, STY doesn't.
  return isSet(env["STY"]) || env["TERM"]?.startsWith("screen") ? "screen" : undefined;
};

/**
 * Must run before Ink and React are loaded: React reads NODE_ENV then (its development build is half as fast), and
 * Ink's colours know FORCE_COLOR but not NO_COLOR.
 */
export function bootstrap({ env }: Surroundings = process): Terminal {
  env["NODE_ENV"] ||= "production";
  const depth = depthOf(env);
  if (depth === 1) env["FORCE_COLOR"] = "0";
  const locale = env["LC_ALL"] || env["LC_CTYPE"] || env["LANG"] || "";
  return {
    depth,
    // The Linux console's font lacks the blocks.
    unicode: /utf-?8/i.test(locale) && env["TERM"] !== "linux",
    multiplexer: multiplexerOf(env),
    notice: /^(rxvt|foot)/.test(env["TERM"] ?? "") ? "osc777" : "osc9",
  };
}
