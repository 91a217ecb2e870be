import { borrow } from "../../ssh/borrow.ts";
import { sftpFiles } from "../../ssh/files.ts";
import { withIds } from "../../ssh/ids.ts";
import { sshTargetSchema, whoAt } from "../../ssh/target.ts";
import { defineSource } from "../define-source.ts";
import { followedCursor, followedOptions, followFiles } from "../follow-file.ts";

/** A file on another machine, read by SFTP: the account there needs no shell, and with one inodes are known as well. */
export const sshFile = defineSource({
  type: "ssh-file",
  options: sshTargetSchema.extend(followedOptions),
  cursor: followedCursor,
  title: (options) => `file ${options.path} of ${whoAt(options)}`,
  collect: (request) =>
    borrow(request, (connection, wait) =>
      connection.sftp(wait, (sftp) =>
        withIds(connection, wait, (idOf) => followFiles(sftpFiles(sftp, connection.name, wait, idOf), request)),
      ),
    ),
});
