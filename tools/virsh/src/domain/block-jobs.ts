import {
  DomainBlockCommitFlags as Commit,
  DomainBlockJobAbortFlags,
  DomainBlockJobInfoFlags,
  DomainBlockJobType,
  DomainBlockPullFlags,
  DomainBlockResizeFlags,
  DomainBlockRebaseFlags as Rebase,
} from "@libvirt-ts/api";
import {
  arg,
  doing,
  flag,
  required,
  ShellError,
  scaled,
  scaledInteger,
  shownAs,
  text,
  uint,
  unsignedLongLong,
} from "@libvirt-ts/cli";
import type { Domain } from "@libvirt-ts/client";
import { typed } from "@libvirt-ts/protocol";
import type { Context } from "../context.ts";
import { command } from "../context.ts";
import { readText } from "../support/files.ts";
import { findDomain } from "../support/lookup.ts";
import { domain, exclusive, flagsOf } from "../support/options.ts";
import { tag } from "../support/xml.ts";

export const blockresize = command("blockresize", {
  help: "change the size of a disk while its guest runs",
  options: {
    domain,
    path: arg("target or source of the disk"),
    size: required(scaled("size, in KiB or with a unit", { scale: 1024n })),
  },
  async run({ domain: name, path: disk, size: bytes }, { connect, out }) {
    const isWhole = bytes % 1024n !== 0n;
    const domain = await findDomain(connect, name);
    const flags = isWhole ? DomainBlockResizeFlags.BYTES : 0;
    const size = isWhole ? bytes : bytes / 1024n;
    await doing(`Failed to resize block device '${disk}'`, domain.blockResize({ disk, size, flags }));
    out.extra(`Block device '${disk}' is resized`);
  },
});

export const domblkthreshold = command("domblkthreshold", {
  help: "be told when a disk has been written up to a point",
  options: {
    domain,
    dev: arg("target of the disk, or an element of its chain"),
    threshold: required(scaled("bytes, with or without a unit")),
  },
  async run({ domain: name, dev, threshold }, { connect }) {
    await (await findDomain(connect, name)).setBlockThreshold({ dev, threshold });
  },
});

export const blockjob = command("blockjob", {
  help: "tell about the job of a disk, limit or end it",
  options: {
    domain,
    path: arg("target or source of the disk"),
    abort: flag("end the job"),
    async: flag("do not wait for the end"),
    pivot: flag("change over to the copy"),
    info: flag("how far it is"),
    bytes: flag("figures in bytes"),
    raw: flag("as it comes"),
    bandwidth: shownAs("number", text("limit in MiB/s")),
  },
  async run(args, { connect, out }) {
    const { domain: name, path, abort, async: isAsync, pivot, info, raw, bytes, bandwidth } = args;
    exclusive({ raw, abort: abort || pivot || isAsync });
    exclusive({ info, abort: abort || pivot || isAsync });
    exclusive({ info, bandwidth });
    const domain = await findDomain(connect, name);
    if (abort || pivot || isAsync) {
      const Flags = DomainBlockJobAbortFlags;
      await domain.blockJobAbort({
        path,
        flags: flagsOf([
          [isAsync, Flags.ASYNC],
          [pivot, Flags.PIVOT],
        ]),
      });
      return;
    }
    if (bandwidth !== undefined) {
      await domain.blockJobSetSpeed({ path, ...bandwidthOf(bandwidth, bytes) });
      return;
    }
    const flags = bytes || raw ? DomainBlockJobInfoFlags.BANDWIDTH_BYTES : 0;
    const job = await domain.getBlockJobInfo({ path, flags });
    if (job.found === 0) {
      if (!raw) out.error(`No current block job for ${path}`);
      return;
    }
    const fields = { type: job.type, bandwidth: job.bandwidth, cur: job.cur, end: job.end };
    if (raw) {
      for (const [field, value] of Object.entries(fields))
        out.value(` ${field}=${value}\n`, { [field]: String(value) });
      return;
    }
    out.text(`${titles[job.type] ?? "Unknown job"}: [${percentOf(job)} %]`);
    if (job.bandwidth > 0n) {
      const unit = bytes ? "bytes/s" : "MiB/s";
      out.text(`    Bandwidth limit: ${job.bandwidth} ${unit}`);
    }
    out.gap();
  },
});

const titles: Readonly<Record<number, string>> = {
  [DomainBlockJobType.PULL]: "Block Pull",
  [DomainBlockJobType.COPY]: "Block Copy",
  [DomainBlockJobType.COMMIT]: "Block Commit",
  [DomainBlockJobType.ACTIVE_COMMIT]: "Active Block Commit",
  [DomainBlockJobType.BACKUP]: "Backup",
};

/** Not finished until it says so. */
function percentOf({ cur, end }: { cur: bigint; end: bigint }): string {
  if (end === 0n && cur === 0n) return "  0";
  if (cur >= end) return "100";
  const percent = Number((cur * 10_000n) / end) / 100;
  return String(Math.min(99, Math.floor(percent))).padStart(3);
}

/** MiB/s, or bytes per second with a unit or `--bytes`; the flag is the same for all jobs. */
function bandwidthOf(text: string, bytes: boolean): { bandwidth: bigint; flags: number } {
  const isPlain = /^\s*\+?\d+$/.test(text);
  if (!bytes && isPlain) return { bandwidth: BigInt(text.trim()), flags: 0 };
  const bandwidth = scaledInteger(text, "bandwidth", {
    scale: bytes ? 1n : 1024n * 1024n,
    max: 2n ** 63n - 1n,
  });
  if (bytes) return { bandwidth, flags: bandwidthInBytes };
  return { bandwidth: bandwidth / (1024n * 1024n), flags: 0 };
}
/** `VIR_DOMAIN_BLOCK_JOB_SPEED_BANDWIDTH_BYTES`; the calls that begin a job have flags of their own for it. */
const bandwidthInBytes = 1;

interface Waiting {
  readonly wait: boolean;
  readonly verbose: boolean;
  readonly async: boolean;
  readonly timeout: number | undefined;
}

/** Waits for the end of a job, or until it can be changed over. */
async function waitForJob(
  { out, shell }: Context,
  domain: Domain,
  {
    path,
    title,
    wait,
    verbose,
    async: isAsync,
    timeout,
    untilReady = false,
  }: Waiting & { path: string; title: string; untilReady?: boolean },
): Promise<"ended" | "ready" | "given up"> {
  if (!(wait || verbose || isAsync || timeout !== undefined)) return "ended";
  const deadline = timeout === undefined ? Number.POSITIVE_INFINITY : Date.now() + timeout * 1000;
  for (;;) {
    const job = await domain.getBlockJobInfo({ path });
    if (job.found === 0) return "ended";
    if (verbose) process.stderr.write(`\r${title}: [${percentOf(job)} %]`);
    if (untilReady && job.end > 0n && job.cur === job.end) return "ready";
    if (shell.interrupted.aborted || Date.now() > deadline) {
      await domain.blockJobAbort({ path, flags: isAsync ? DomainBlockJobAbortFlags.ASYNC : 0 });
      out.error(`${title} aborted`);
      return "given up";
    }
    await new Promise((resolve) => setTimeout(resolve, 500)); // the daemon tells when asked
  }
}
export const blockpull = command("blockpull", {
  help: "copy what is in backing files into a disk",
  options: {
    domain,
    path: arg("target or source of the disk"),
    bandwidth: shownAs("number", text("limit in MiB/s")),
    base: text("where the chain is to begin"),
    wait: flag("wait for its end"),
    verbose: flag("show how far it is"),
    timeout: uint("give up after so many seconds"),
    async: flag("do not wait for the end"),
    "keep-relative": flag("keep relative paths in the chain"),
    bytes: flag("figures in bytes"),
  },
  async run(args, context) {
    const { connect, out } = context;
    const { domain: name, path, base, keepRelative, bytes } = args;
    const domain = await findDomain(connect, name);
    const limit = bandwidthOf(args.bandwidth ?? "0", bytes);
    const relative = keepRelative ? Rebase.RELATIVE : 0;
    if (base === undefined && relative === 0)
      await domain.blockPull({
        path,
        bandwidth: limit.bandwidth,
        flags: limit.flags === 0 ? 0 : DomainBlockPullFlags.BANDWIDTH_BYTES,
      });
    else {
      const flags = relative | (limit.flags === 0 ? 0 : Rebase.BANDWIDTH_BYTES);
      await domain.blockRebase({ path, base: base ?? null, bandwidth: limit.bandwidth, flags });
    }
    const end = await waitForJob(context, domain, { ...waitingOf(args), path, title: "Block Pull" });
    out.extra(isWaiting(args) && end === "ended" ? "\nPull complete" : "Block Pull started");
  },
});

const waitingOf = ({ wait, verbose, async, timeout }: Waiting): Waiting => ({
  wait,
  verbose,
  async,
  timeout,
});
const isWaiting = ({ wait, verbose, async, timeout }: Waiting): boolean =>
  wait || verbose || async || timeout !== undefined;
export const blockcommit = command("blockcommit", {
  help: "merge a part of a disk's chain downwards",
  options: {
    domain,
    path: arg("target or source of the disk"),
    bandwidth: shownAs("number", text("limit in MiB/s")),
    base: text("where the chain is to begin"),
    shallow: flag("only the top of the chain"),
    top: text("where the part that is merged begins"),
    active: flag("those that run"),
    delete: flag("delete the files that are no longer used"),
    wait: flag("wait for its end"),
    verbose: flag("show how far it is"),
    timeout: uint("give up after so many seconds"),
    pivot: flag("change over to the copy"),
    "keep-overlay": flag("leave the overlay file"),
    async: flag("do not wait for the end"),
    "keep-relative": flag("keep relative paths in the chain"),
    bytes: flag("figures in bytes"),
  },
  async run(args, context) {
    const { connect, out } = context;
    const { domain: name, path: disk, base = null, top = null, pivot, keepOverlay } = args;
    exclusive({ pivot, "keep-overlay": keepOverlay });
    const domain = await findDomain(connect, name);
    const limit = bandwidthOf(args.bandwidth ?? "0", args.bytes);
    const flags = flagsOf([
      [args.shallow, Commit.SHALLOW],
      [args.active || pivot || keepOverlay, Commit.ACTIVE],
      [args.delete, Commit.DELETE],
      [args.keepRelative, Commit.RELATIVE],
      [limit.flags !== 0, Commit.BANDWIDTH_BYTES],
    ]);
    await domain.blockCommit({ disk, base, top, bandwidth: limit.bandwidth, flags });
    await finish(context, domain, {
      ...args,
      path: disk,
      title: "Block commit",
      done: "Commit complete",
      keep: keepOverlay,
    });
    if (!isWaiting(args) && !pivot && !keepOverlay) out.extra("Block commit started");
  },
});

interface Finishing extends Waiting {
  readonly path: string;
  readonly title: string;
  readonly done: string;
  readonly pivot: boolean;
  readonly keep: boolean;
}

/** What becomes of a job that could go on for ever: change over, or leave it. */
async function finish(
  context: Context,
  domain: Domain,
  { path, title, done, pivot, keep, ...waiting }: Finishing,
): Promise<void> {
  const wait = waiting.wait || pivot || keep;
  if (!wait && !isWaiting(waiting)) return;
  const end = await waitForJob(context, domain, {
    ...waitingOf(waiting),
    wait,
    path,
    title,
    untilReady: true,
  });
  if (end === "ready" && pivot) {
    await doing(
      `failed to pivot job for disk ${path}`,
      domain.blockJobAbort({ path, flags: DomainBlockJobAbortFlags.PIVOT }),
    );
    context.out.extra("\nSuccessfully pivoted");
  } else if (end === "ready" && keep) {
    await doing(`failed to finish job for disk ${path}`, domain.blockJobAbort({ path }));
    context.out.extra(`\n${done}, overlay image kept`);
  } else if (end === "ready") context.out.extra("\nNow in synchronized phase");
  else if (end === "ended") context.out.extra(`\n${done}`);
}
export const blockcopy = command("blockcopy", {
  help: "copy a disk while its guest runs",
  options: {
    domain,
    path: arg("target or source of the disk"),
    dest: text("path of the copy"),
    bandwidth: shownAs("number", text("limit in MiB/s")),
    shallow: flag("only the top of the chain"),
    "reuse-external": flag("files are there already"),
    blockdev: flag("the destination is a block device"),
    wait: flag("wait for its end"),
    verbose: flag("show how far it is"),
    timeout: uint("give up after so many seconds"),
    pivot: flag("change over to the copy"),
    finish: flag("keep the copy, without changing over"),
    async: flag("do not wait for the end"),
    xml: text("file with XML"),
    format: text("format of the image"),
    granularity: uint("bytes that are copied at a time"),
    "buf-size": unsignedLongLong("most bytes in flight"),
    bytes: flag("figures in bytes"),
    "transient-job": flag("the job ends with the domain's run"),
    "synchronous-writes": flag("writes reach the copy before they are done"),
    "print-xml": flag("show the XML, do nothing"),
  },
  async run(args, context) {
    const { connect, out } = context;
    const { domain: name, path, dest, xml: file, pivot, finish: finishIt, format, blockdev } = args;
    exclusive({ dest, xml: file });
    exclusive({ pivot, finish: finishIt });
    if (dest === undefined && file === undefined) throw new ShellError("need either --dest or --xml");
    exclusive({ format, xml: file });
    const domain = await findDomain(connect, name);
    const limit = bandwidthOf(args.bandwidth ?? "0", args.bytes);
    const { granularity, bufSize, synchronousWrites, transientJob } = args;
    const needsNew =
      file !== undefined ||
      granularity !== undefined ||
      bufSize !== undefined ||
      transientJob ||
      synchronousWrites ||
      args.printXml;
    if (needsNew) {
      const destxml = file !== undefined ? await readText(file) : copyXml(dest ?? "", format, blockdev);
      if (args.printXml) {
        out.text(destxml);
        return;
      }
      const params = {
        ...(limit.bandwidth > 0n && {
          bandwidth: typed.ullong(limit.flags === 0 ? limit.bandwidth * 1024n * 1024n : limit.bandwidth),
        }),
        ...(granularity !== undefined && { granularity: typed.uint(granularity) }),
        ...(bufSize !== undefined && { "buf-size": typed.ullong(bufSize) }),
      };
      const flags = flagsOf([
        [args.shallow, 1],
        [args.reuseExternal, 2],
        [transientJob, 4],
        [synchronousWrites, 8],
      ]);
      await domain.blockCopy({ path, destxml, params, flags });
    } else {
      const flags =
        Rebase.COPY |
        flagsOf([
          [args.shallow, Rebase.SHALLOW],
          [args.reuseExternal, Rebase.REUSE_EXT],
          [format === "raw", Rebase.COPY_RAW],
          [blockdev, Rebase.COPY_DEV],
          [limit.flags !== 0, Rebase.BANDWIDTH_BYTES],
        ]);
      await domain.blockRebase({ path, base: dest ?? null, bandwidth: limit.bandwidth, flags });
    }
    await finish(context, domain, {
      ...args,
      path,
      title: "Block Copy",
      done: "Successfully copied",
      pivot,
      keep: finishIt,
    });
    if (!isWaiting(args) && !pivot && !finishIt) out.extra("Block Copy started");
  },
});

const copyXml = (dest: string, format: string | undefined, blockdev: boolean): string =>
  `${tag("disk", { type: blockdev ? "block" : "file" }, [
    tag("source", { [blockdev ? "dev" : "file"]: dest }),
    ...(format === undefined ? [] : [tag("driver", { type: format })]),
  ])}\n`;
