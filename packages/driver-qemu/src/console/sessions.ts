import { constants } from "node:fs";
import { open } from "node:fs/promises";
import type { ChardevSource } from "@libvirt-ts/conf/domain";
import { ErrorCode, ErrorDomain, systemError, VirError } from "@libvirt-ts/errors";
import { native } from "@libvirt-ts/native";
import type { ServerStream } from "@libvirt-ts/rpc/server";
import { ChannelFd } from "./channel-fd.ts";

/** Who uses a device now. */
interface Session {
  end(): void;
}

/** The terminals and sockets of guests that clients have open: one client at a time each. */
export class ConsoleSessions {
  readonly #open = new Map<string, Session>();

  /** Number of devices in use. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Connects to a device for one client.
   * @param force whoever uses it has to leave
   * @param busy the complaint when somebody uses it
   * @returns what carries its bytes over a stream, both ways, until either end has enough
   * @throws VirError OPERATION_FAILED `busy`, SYSTEM_ERROR when it cannot be opened
   */
  async connect(
    path: string,
    { type, force, busy }: { type: "pty" | "unix"; force: boolean; busy: string },
  ): Promise<(stream: ServerStream) => Promise<void>> {
    const current = this.#open.get(path);
    if (current && !force) throw new VirError(ErrorDomain.QEMU, ErrorCode.OPERATION_FAILED, busy);
    current?.end();
    // The place is taken before anything is waited for.
    let channel: ChannelFd | undefined;
    let isOver = false;
    const session: Session = {
      end: () => {
        isOver = true;
        channel?.close();
        if (this.#open.get(path) === session) this.#open.delete(path);
      },
    };
    this.#open.set(path, session);
    try {
      channel = new ChannelFd(type === "pty" ? await openTerminal(path) : connectSocket(path));
    } catch (error) {
      session.end();
      throw error;
    }
    const carrier = channel;
    if (isOver) carrier.close();
    return async (stream) => {
      try {
        await carry(carrier, stream);
      } finally {
        session.end();
      }
    };
  }
}

/** A device that clients can be connected to: where it is in the host. */
export function endpoint(source: ChardevSource): { type: "pty" | "unix"; path: string } | undefined {
  if (source.type !== "pty" && source.type !== "unix") return undefined;
  const path = source.source?.path;
  return path === undefined ? undefined : { type: source.type, path };
}

/** Carries bytes both ways until the client leaves. */
async function carry(channel: ChannelFd, stream: ServerStream): Promise<void> {
  void stream.closed.then(() => channel.close());
  const towardsGuest = async () => {
    for await (const chunk of stream.incoming) await channel.write(chunk);
  };
  const towardsClient = async () => {
    for (let chunk = await channel.read(); chunk; chunk = await channel.read()) await stream.write(chunk);
    await stream.end();
  };
  await Promise.all([towardsGuest(), towardsClient()]);
  await stream.closed;
}

/** The terminal becomes nobody's controlling one: a hang-up must not end this process. */
async function openTerminal(path: string): Promise<number> {
  try {
    const file = await open(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    try {
      // The FileHandle would close its descriptor when collected.
      const fd = native.dup(file.fd);
      if (fd < 0) throw systemError(ErrorDomain.STREAMS, fd, `Unable to open stream for '${path}'`);
      return fd;
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof VirError) throw error;
    // node:fs throws nothing else
    throw systemError(
      ErrorDomain.STREAMS,
      error as NodeJS.ErrnoException,
      `Unable to open stream for '${path}'`,
    );
  }
}

function connectSocket(path: string): number {
  const fd = native.socketUnix("stream");
  if (fd < 0) throw systemError(ErrorDomain.STREAMS, fd, "Unable to open UNIX socket");
  // Never waits: the other end has a backlog, or refuses.
  native.setNonBlocking(fd);
  const done = native.connectUnix(fd, path);
  if (done < 0) {
    native.close(fd);
    throw systemError(ErrorDomain.STREAMS, done, `Unable to open stream for '${path}'`);
  }
  return fd;
}
