import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { onTestFinished } from "vitest";
import { certificate } from "./certificate.ts";

/** A message as the server took it. */
export interface HeardMail {
  from: string;
  to: string[];
  /** Headers and body, as they came. */
  raw: string;
}

const usual = {
  greeting: "220 mail.test ready",
  EHLO: "250-mail.test\r\n250-AUTH PLAIN\r\n250 8BITMIME",
  STARTTLS: "220 go on",
  AUTH: "235 welcome",
  MAIL: "250 ok",
  RCPT: "250 ok",
  DATA: "354 go on",
  message: "250 taken",
  RSET: "250 ok",
  QUIT: "221 bye",
};
export type Step = keyof typeof usual;

export interface MailServer {
  port: number;
  heard: HeardMail[];
  /** All that clients said, but the messages. */
  said: string[];
  /** What it answers at a step instead, or does: cuts the line, says nothing. */
  answers: Partial<Record<Step, string>>;
  /** Called when a step with such an answer is reached. */
  onHeard?: () => void;
  close(): Promise<void>;
}

/** A local SMTP server (RFC 5321), in the clear or with TLS from the beginning. */
export async function startMailServer({ tls = false } = {}): Promise<MailServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    talk(tls ? secured(socket) : socket, mailServer, true);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  async function close(): Promise<void> {
    if (!server.listening) return;
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, "close");
  }
  onTestFinished(close);
  const { port } = server.address() as AddressInfo;
  const mailServer: MailServer = { port, heard: [], said: [], answers: {}, close };
  return mailServer;
}

/** The server's end of TLS. A client that doesn't trust it hangs up. */
const secured = (socket: Socket): TLSSocket =>
  new TLSSocket(socket, { isServer: true, ...certificate }).on("error", () => {});

function talk(socket: Socket, server: MailServer, greets = false): void {
  let text = "";
  let mail: HeardMail | undefined;
  let envelope = { from: "", to: [] as string[] };

  function answer(step: Step): void {
    const reply = server.answers[step] ?? usual[step];
    if (step in server.answers) server.onHeard?.();
    if (reply === "cut") socket.destroy();
    else if (reply !== "hang") socket.write(`${reply}\r\n`);
  }

  function hear(line: string): void {
    server.said.push(line);
    const step = (Object.keys(usual) as Step[]).find((name) => line.toUpperCase().startsWith(name));
    const path = /<(.*)>/.exec(line)?.[1] ?? "";
    if (step === "MAIL") envelope = { from: path, to: [] };
    if (step === "RCPT" && !server.answers.RCPT?.startsWith("5")) envelope.to.push(path);
    if (step === "DATA" && !("DATA" in server.answers)) mail = { ...envelope, raw: "" };
    if (step) answer(step);
    else socket.write("502 unknown\r\n");
    if (step === "STARTTLS" && !("STARTTLS" in server.answers)) {
      socket.removeAllListeners("data");
      talk(secured(socket), server);
    }
  }

  if (greets) answer("greeting");
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString();
    for (;;) {
      const end = mail ? text.indexOf("\r\n.\r\n") : text.indexOf("\r\n");
      if (end < 0) return;
      const said = text.slice(0, end);
      text = text.slice(end + (mail ? 5 : 2));
      if (!mail) hear(said);
      else {
        server.heard.push({ ...mail, raw: said.replaceAll("\r\n..", "\r\n.") });
        mail = undefined;
        answer("message");
      }
    }
  });
}
