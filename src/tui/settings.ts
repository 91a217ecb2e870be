export const themeNames = ["default", "dark", "light", "high-contrast", "mono"] as const;
export type ThemeName = (typeof themeNames)[number];

/** Bits of colour that a terminal shows: none, 16 colours, 256, all of them. */
export type ColorDepth = 1 | 4 | 8 | 24;

/** Ways in which terminals take a notice for the desktop: `OSC 9 ; text` and `OSC 777 ; notify ; title ; text`. */
export const noticeForms = ["osc9", "osc777"] as const;
export type NoticeForm = (typeof noticeForms)[number];

/** How a person wants the console; what isn't said is found out of the terminal. */
export interface Settings {
  theme?: ThemeName | undefined;
  /** Lines and blocks beyond ASCII, or none. */
  unicode?: boolean | undefined;
  /** For a line of a kilobyte a second. */
  lowBandwidth?: boolean | undefined;
  /** A bell with each new critical alert. */
  bell?: boolean | undefined;
  /** A notice on the desktop with each new critical alert; `auto` is the form that the terminal is known to take. */
  notify?: NoticeForm | "auto" | undefined;
}
