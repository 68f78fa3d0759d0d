import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { finished, pipeline } from "node:stream/promises";
import { StorageVolDownloadFlags } from "@libvirt-ts/api";
import { arg, doing, flag, ShellError, text, unsignedLongLong } from "@libvirt-ts/cli";
import { command } from "../context.ts";
import { findVolume } from "../support/lookup.ts";
import { poolNames } from "../support/options.ts";

const range = {
  pool: text("name or UUID of the pool", poolNames),
  offset: unsignedLongLong("byte to begin at"),
  length: unsignedLongLong("how many bytes"),
  sparse: flag("holes stay holes"),
} as const;

export const volDownload = command("vol-download", {
  help: "copy a volume into a file",
  options: { vol: arg("name, key or path of the volume"), file: arg("where the bytes go"), ...range },
  async run({ vol, file, pool, offset = 0n, length = 0n, sparse }, { connect, shell }) {
    const volume = await findVolume(connect, vol, { pool });
    const flags = sparse ? StorageVolDownloadFlags.SPARSE_STREAM : 0;
    const target = createWriteStream(file, { flags: "wx", mode: 0o600 });
    const isNew = await opened(target).catch((error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === "EEXIST") return undefined;
      throw new ShellError(`cannot create ${file}`);
    });
    const sink = isNew === undefined ? createWriteStream(file) : target; // what is there is written over
    try {
      const source = await doing(
        `cannot download from volume ${vol}`,
        volume.download({ offset, length, flags }, { signal: shell.interrupted }),
      );
      await doing(`cannot receive data from volume ${vol}`, pipeline(source, sink));
    } catch (error) {
      sink.destroy();
      if (isNew !== undefined) await rm(file, { force: true });
      throw error;
    }
  },
});

const opened = (stream: NodeJS.EventEmitter): Promise<true> =>
  new Promise((resolve, reject) => {
    stream.once("open", () => resolve(true));
    stream.once("error", reject);
  });

export const volUpload = command("vol-upload", {
  help: "copy a file into a volume",
  options: { vol: arg("name, key or path of the volume"), file: arg("where the bytes come from"), ...range },
  async run({ vol, file, pool, offset = 0n, length = 0n, sparse }, { connect, shell }) {
    if (sparse) throw new ShellError("holes cannot be sent yet");
    const volume = await findVolume(connect, vol, { pool });
    const source = createReadStream(file, { ...(length > 0n && { end: Number(length) - 1 }) });
    await opened(source).catch(() => {
      throw new ShellError(`cannot read ${file}`);
    });
    try {
      const target = await doing(
        `cannot upload to volume ${vol}`,
        volume.upload({ offset, length }, { signal: shell.interrupted }),
      );
      source.pipe(target);
      await doing(`cannot send data to volume ${vol}`, finished(target));
    } finally {
      source.destroy();
    }
  },
});
