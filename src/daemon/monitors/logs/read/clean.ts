// ESC sequences (ECMA-48): CSI; strings (OSC, DCS, SOS, PM, APC) only where they end, so that none can hide the rest
// of a line; then those of two bytes.
const escapes =
  /\u001b\[[0-?]*[ -/]*[@-~]|\u009b[0-?]*[ -/]*[@-~]|\u001b[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)|\u001b[ -/]*[0-~]/g;
// What shows nothing but changes how other text is shown or compared: controls, bidi, zero width, fillers, tag characters.
const invisible =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\u3164\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;
const suspicious = new RegExp(invisible.source);
const gap = /[\t\r\n\u000b\u000c]/g;

/** A line as text alone: no escape sequence, no control byte, nothing that is invisible or turns the direction. A tab is a space. */
export function clean(text: string): string {
  if (!suspicious.test(text)) return text;
  return text.replace(escapes, "").replace(gap, " ").replace(invisible, "");
}
