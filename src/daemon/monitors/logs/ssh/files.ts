import type { SFTPWrapper, Stats } from "ssh2";
import { SECOND } from "../../../../shared/time.ts";
import type { Files, FileStat, OpenFile, Step } from "../sources/source.ts";
import { cutFault } from "./connection.ts";
import { quote, SshFault } from "./fault.ts";
import { createPace } from "./rate.ts";
import type { IdOf } from "./ids.ts";
import { within, type Wait } from "./steps.ts";

/** What SFTP's status codes come to (draft-ietf-secsh-filexfer-02, 7). */
const [END_OF_FILE, NO_SUCH_FILE, PERMISSION_DENIED] = [1, 2, 3];

/** So that no server can make a folder without end. */
const mostNames = 20_000;
/** What OpenSSH sends at once. */
const pieceBytes = 128 * 1024;

type Done<T> = (error: Error | null | undefined, result: T) => void;

/** The files of a server, by SFTP, which knows no inodes: `idOf` may, or else a file is known again by its content. */
export function sftpFiles(sftp: SFTPWrapper, name: string, wait: Wait, idOf: IdOf = async () => undefined): Files {
  const pace = createPace(wait);
  let broken: Error | undefined;
  let isOver = false;
  sftp
    .on("error", (error: Error) => (broken = error))
    .on("end", () => (isOver = true))
    .on("close", () => (isOver = true));

  /** One question; undefined where what it is about isn't there. */
  async function ask<T>(step: Step, what: string, begin: (done: Done<T>) => void): Promise<T | undefined> {
    // The library would wait for an answer all the same.
    if (isOver) throw cutFault("read", name);
    try {
      return await within(
        step,
        name,
        new Promise<T>((resolve, reject) => begin((error, result) => (error ? reject(error) : resolve(result)))),
        wait,
      );
    } catch (error) {
      if (error instanceof SshFault) throw error;
      const code = (error as { code?: unknown }).code;
      if (code === NO_SUCH_FILE) return undefined;
      throw faultOf(step, what, code, broken ?? (error as Error));
    }
  }

  function faultOf(step: Step, what: string, code: unknown, error: Error): SshFault {
    if (code === PERMISSION_DENIED) {
      const hint = "let the user read it, in Debian by the group adm: usermod -aG adm USER";
      return new SshFault(step, "forbidden", `${name}: ${what} may not be read; ${hint}`, error);
    }
    // Without a code it is the library that has lost the other side.
    if (code === undefined && !broken) return cutFault("read", name);
    return new SshFault(step, "failed", `${name}: ${what} can't be read (${quote(error.message)})`, error);
  }

  /** Does something with what is at a path, and says what that was; nothing if it became another while it was done. */
  async function identified<T>(path: string, work: () => Promise<T>): Promise<{ result: T; id?: string }> {
    const before = await idOf(path);
    const result = await work();
    return before !== undefined && before === (await idOf(path)) ? { result, id: before } : { result };
  }

  async function openFile(path: string): Promise<OpenFile | undefined> {
    const what = quote(path);
    const { result: handle, ...id } = await identified(path, () =>
      ask<Buffer>("open", what, (done) => sftp.open(path, "r", done)),
    );
    if (handle === undefined) return undefined;
    return {
      async stat() {
        const stats = await ask<Stats>("read", what, (done) => sftp.fstat(handle, done));
        if (stats === undefined) throw new SshFault("read", "failed", `${name}: ${what} is gone while it is open`);
        return { ...toFileStat(stats), ...id };
      },
      async read(offset, sizeBytes) {
        const buffer = Buffer.alloc(sizeBytes);
        let at = 0;
        while (at < sizeBytes) {
          const length = Math.min(pieceBytes, sizeBytes - at);
          const from = at;
          const got = await ask<number>("read", what, (done) =>
            sftp.read(handle, buffer, from, length, offset + from, done),
          );
          if (!got) break;
          at += got;
          await pace(got);
        }
        return buffer.subarray(0, at);
      },
      // Its answer changes nothing; with the channel all that is open is closed anyway.
      close: async () => void sftp.close(handle, () => {}),
    };
  }

  async function list(folder: string): Promise<string[]> {
    const what = quote(folder);
    const handle = await ask<Buffer>("open", what, (done) => sftp.opendir(folder, done));
    if (handle === undefined) return [];
    const names: string[] = [];
    for (;;) {
      const some = await ask<{ filename: string }[]>("open", what, (done) =>
        sftp.readdir(handle, (error, entries) =>
          (error as { code?: unknown } | undefined)?.code === END_OF_FILE ? done(undefined, []) : done(error, entries),
        ),
      );
      if (!some?.length) break;
      if (names.length > mostNames) {
        throw new SshFault("open", "failed", `${name}: ${what} holds more than ${mostNames} files: name one of them`);
      }
      names.push(
        ...some.map(({ filename }) => filename).filter((one) => !/[/\0]/.test(one) && one !== "." && one !== ".."),
      );
    }
    sftp.close(handle, () => {});
    return names;
  }

  return {
    async stat(path) {
      const asked = ask<Stats>("open", quote(path), (done) => sftp.stat(path, done));
      const [stats, id] = await Promise.all([asked, idOf(path)]);
      return stats && { ...toFileStat(stats), ...(id === undefined ? {} : { id }) };
    },
    real: (path) => ask<string>("open", quote(path), (done) => sftp.realpath(path, done)),
    list,
    open: openFile,
  };
}

const toFileStat = (stats: Stats): FileStat => ({
  kind: stats.isFile() ? "file" : stats.isDirectory() ? "folder" : "other",
  sizeBytes: stats.size ?? 0,
  modifiedAt: (stats.mtime ?? 0) * SECOND,
});
