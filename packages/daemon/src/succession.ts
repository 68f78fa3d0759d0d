import type { Logger } from "@libvirt-ts/logging";
import { LaunchError, type Native, READABLE } from "@libvirt-ts/native";
import { failpoints, failpointVariable } from "@libvirt-ts/util/failpoint";
import { Channel, type Message } from "./channel.ts";
import {
  descriptorsIn,
  type HandOverOptions,
  type Inherited,
  ownCommand,
  renumbered,
  resumeAll,
  saveAll,
  suspendAll,
  takeState,
  unlinkIfThere,
  within,
  writeState,
} from "./hand-over.ts";

/** The steps between which either process may end; tests end it at each. */
export const successionSteps = [
  "old.launched",
  "new.booted",
  "old.suspended",
  "old.sent",
  "new.received",
  "new.built",
  "new.taken",
  "old.ended",
] as const;

type Step = (typeof successionSteps)[number];

/** In the environment of a successor: the socket to its predecessor. */
export const successorVariable = "LIBVIRT_SUCCESSOR_FD";

/** Nobody waits for it to come up. */
const bootMs = 30_000;
/** Clients wait while it takes over. */
const takeMs = 5_000;
const fdsAMessage = 100;
const sigkill = 9;

const passing = (environment: Readonly<Record<string, string | undefined>>) =>
  failpoints<Step>(environment[failpointVariable], () => process.kill(process.pid, "SIGKILL"));

/**
 * Starts the program again beside this process, and hands everything over once it is up. Until it says that it has
 * taken over, nothing changes hands for good: whatever fails, this process goes on.
 * @param signal ends the attempt while nothing has been handed over
 * @returns the successor's pidfd, when there is nothing left to do here but to end; undefined: we go on
 */
export async function handOverToSuccessor(
  o: HandOverOptions,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { native, log, environment } = o;
  const pass = passing(environment);
  const pair = native.socketpair("seqpacket");
  if (typeof pair === "number") return giveUp(log, "no socket");
  const [ours, theirs] = pair;
  const [file = "", ...args] = ownCommand();
  const launched = native.launch({
    file,
    argv: [file, ...args],
    env: { ...environment, [successorVariable]: String(theirs) },
    stdio: [0, 1, 2],
    keep: [theirs],
  });
  native.close(theirs);
  const channel = new Channel(native, ours);
  if (launched instanceof LaunchError) {
    channel.close();
    return giveUp(log, launched.message);
  }
  launched.ready.catch((error: unknown) => log.error({ err: error }, "cannot start a successor"));
  log.info({ successor: launched.pid }, "handing over");
  pass("old.launched");
  const { pid, pidfd } = launched;
  const end = async () => {
    native.pidfdSignal(pidfd, sigkill);
    await readable(native, pidfd);
  };
  const failure = await handOver({ ...o, channel, signal, pass, end });
  channel.close();
  if (failure === undefined) return pidfd;
  await end();
  native.reap(pid);
  native.close(pidfd);
  if (failure.isSuspended) resumeAll(o);
  return giveUp(log, failure.why);
}

function giveUp(log: Logger, why: string): undefined {
  log.error({ why }, "no successor, going on");
  return undefined;
}

interface Attempt extends HandOverOptions {
  readonly channel: Channel;
  readonly signal: AbortSignal;
  readonly pass: (step: Step) => void;
  /** Kills the successor. */
  end(): Promise<void>;
}

/** @returns undefined when the successor has taken over, else why not */
async function handOver(o: Attempt): Promise<{ why: string; isSuspended: boolean } | undefined> {
  const { channel, signal, pass, end } = o;
  const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  const booted = channel.receive();
  await within(bootMs, Promise.race([booted, aborted]));
  if (!(await isNow(booted, "booted")) || signal.aborted)
    return { why: "it did not come up", isSuspended: false };
  if (!(await suspendAll(o, signal))) return { why: "work did not stop", isSuspended: false };
  pass("old.suspended");
  const taken = sendAll(o).then((sent) => {
    if (sent) pass("old.sent");
    return sent ? channel.receive() : undefined;
  });
  const inTime = await within(takeMs, taken);
  if (!inTime) {
    await end();
    await taken; // it may have said so in the last moment
  }
  unlinkIfThere(o.file);
  if (!(await isNow(taken, "taken"))) return { why: "it did not take over", isSuspended: true };
  pass("old.ended");
  return undefined;
}

/** Whether a message has arrived, and is this one. */
async function isNow(message: Promise<Message | undefined>, text: string): Promise<boolean> {
  const arrived = await Promise.race([message, undefined]);
  return arrived?.text === text;
}

/** @returns whether all of it can be read */
async function sendAll(o: Attempt): Promise<boolean> {
  const { channel, file, log } = o;
  const saved = saveAll(o);
  try {
    writeState(file, saved);
  } catch (error) {
    log.error({ err: error }, "cannot write the state for a successor");
    return false;
  }
  const fds = descriptorsIn(saved);
  for (let at = 0; at < fds.length; at += fdsAMessage) {
    const some = fds.slice(at, at + fdsAMessage);
    if (!(await channel.send(JSON.stringify(some), some))) return false;
  }
  return channel.send(`all ${saved.magic}`);
}

function readable(native: Native, fd: number): Promise<void> {
  return new Promise((resolve) => {
    const poll = new native.Poll(fd);
    poll.start(READABLE, () => {
      poll.close();
      resolve();
    });
  });
}

/** The process we are to follow, as seen from its successor. */
export class Predecessor {
  readonly #channel: Channel;
  readonly #pass: (step: Step) => void;

  private constructor(channel: Channel, pass: (step: Step) => void) {
    this.#channel = channel;
    this.#pass = pass;
  }

  /** @returns undefined when we were started by somebody else */
  static of(
    environment: Readonly<Record<string, string | undefined>>,
    native: Native,
  ): Predecessor | undefined {
    const fd = environment[successorVariable];
    if (fd === undefined) return undefined;
    return new Predecessor(new Channel(native, Number(fd)), passing(environment));
  }

  /** Says that we are up, and waits for what there is to take over. @returns undefined when it goes on itself */
  async inherit(file: string, log: Logger): Promise<Inherited | undefined> {
    this.#pass("new.booted");
    await this.#channel.send("booted");
    const numbers = new Map<number, number>();
    for (;;) {
      const message = await this.#channel.receive();
      if (message === undefined) return undefined;
      const [, magic] = /^all (.*)$/.exec(message.text) ?? [];
      if (magic !== undefined) {
        const saved = takeState<Inherited>(file, magic, log);
        this.#pass("new.received");
        return saved && renumbered(saved, numbers);
      }
      const theirs = JSON.parse(message.text) as number[]; // from sendAll
      for (const [index, fd] of message.fds.entries()) numbers.set(theirs[index] ?? -1, fd);
    }
  }

  /** All is built and nothing has been changed: from here on it is ours. */
  async take(): Promise<void> {
    this.#pass("new.built");
    await this.#channel.send("taken");
    this.#pass("new.taken");
    this.#channel.close();
  }
}
