import { strerror } from "@libvirt-ts/errors";
import type { Logger } from "@libvirt-ts/logging";
import { LaunchError, type Native, READABLE } from "@libvirt-ts/native";
import { failpoints, failpointVariable } from "@libvirt-ts/util/failpoint";
import { Channel } from "./channel.ts";
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
  const channel = await startSuccessor(o);
  if (!channel) return undefined;
  log.info({}, "handing over");
  pass("old.launched");
  const successor = await booted(channel, native, signal);
  const failure =
    successor === undefined
      ? "it did not come up"
      : await handOver({ ...o, channel, signal, pass, successor });
  channel.close(); // one that comes up only now sees that it is not wanted any more
  if (failure === undefined) return successor;
  if (successor !== undefined) native.close(successor);
  log.error({ why: failure }, "no successor, going on");
  return undefined;
}

/** As no child of ours: a service manager watches only its own. */
async function startSuccessor({ native, log, environment }: HandOverOptions): Promise<Channel | undefined> {
  const pair = native.socketpair("seqpacket");
  if (typeof pair === "number") throw new Error(`socketpair: ${strerror(-pair)}`);
  const [ours, theirs] = pair;
  const [file = "", ...args] = ownCommand();
  const launched = native.launch({
    file,
    argv: [file, ...args],
    env: { ...environment, [successorVariable]: String(theirs) },
    stdio: [0, 1, 2],
    keep: [theirs],
    steps: [{ do: "detach" }],
  });
  native.close(theirs);
  const channel = new Channel(native, ours);
  if (!(launched instanceof LaunchError)) {
    await readable(native, launched.pidfd);
    native.reap(launched.pid);
    native.close(launched.pidfd);
  }
  const failure =
    launched instanceof LaunchError
      ? launched
      : await launched.ready.then(
          () => undefined,
          (error: unknown) => error,
        );
  if (failure === undefined) return channel;
  log.error({ err: failure }, "cannot start a successor, going on");
  channel.close();
  return undefined;
}

/** @returns the pidfd of the successor once it is up; undefined when it does not come up, or is not wanted any more */
async function booted(channel: Channel, native: Native, signal: AbortSignal): Promise<number | undefined> {
  const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
  const message = channel.receive();
  await within(bootMs, Promise.race([message, aborted]));
  if (signal.aborted) return undefined;
  const [, pid] = /^booted (\d+)$/.exec((await now(message))?.text ?? "") ?? [];
  if (pid === undefined) return undefined;
  const pidfd = native.pidfdOpen(Number(pid)); // it waits for us, so the number is its
  return pidfd < 0 ? undefined : pidfd;
}

interface Attempt extends HandOverOptions {
  readonly channel: Channel;
  readonly signal: AbortSignal;
  readonly pass: (step: Step) => void;
  /** Its pidfd. */
  readonly successor: number;
}

/** @returns undefined when the successor has taken over, else why not */
async function handOver(o: Attempt): Promise<string | undefined> {
  const { channel, signal, pass, native, successor } = o;
  const end = async () => {
    native.pidfdSignal(successor, sigkill);
    await readable(native, successor);
  };
  if (!(await suspendAll(o, signal))) {
    await end();
    return "work did not stop";
  }
  pass("old.suspended");
  const taken = sendAll(o).then((sent) => {
    if (sent) pass("old.sent");
    return sent ? channel.receive() : undefined;
  });
  if (!(await within(takeMs, taken))) await end();
  const answer = await taken; // it may have said so in the last moment
  unlinkIfThere(o.file);
  if (answer?.text !== "taken") {
    await end();
    resumeAll(o);
    return "it did not take over";
  }
  pass("old.ended");
  return undefined;
}

/** What a promise has given, if it has. */
const now = <T>(promise: Promise<T>): Promise<T | undefined> => Promise.race([promise, undefined]);

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
    await this.#channel.send(`booted ${process.pid}`);
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
