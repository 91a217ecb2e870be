/** The longest piece whose encoded word keeps to RFC 2047's 75 characters: base64 of 45 bytes, and 12 around it. */
const pieceBytes = 45;

/** Text for a header, which carries ASCII only: anything else as encoded words (RFC 2047), cut between characters. */
export function headerText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text) && !text.includes("=?")) return text;
  return pieces(text)
    .map((piece) => `=?UTF-8?B?${Buffer.from(piece).toString("base64")}?=`)
    .join(" ");
}

function pieces(text: string): string[] {
  const found = [""];
  for (const point of text) {
    const last = found.length - 1;
    const longer = found[last] + point;
    if (Buffer.byteLength(longer) <= pieceBytes) found[last] = longer;
    else found.push(point);
  }
  return found;
}
