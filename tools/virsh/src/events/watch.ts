import { ShellError } from "@libvirt-ts/cli";
import type { Connect, EventName, EventValue } from "@libvirt-ts/client";
import type { Context } from "../context.ts";
import { timestamp } from "../support/time.ts";

/** A kind of event as it is called here, and what is said of one. */
export interface EventKind<N extends EventName = EventName> {
  /** "lifecycle" */
  readonly name: string;
  readonly source: N;
  /** Without the time. */
  say(event: EventValue<N>): string;
}

export const kind = <N extends EventName>(
  name: string,
  source: N,
  say: (event: EventValue<N>) => string,
): EventKind => ({ name, source, say: say as EventKind["say"] }); // each is given the events of its own source

export interface Watch {
  readonly loop: boolean;
  readonly timeout: number | undefined;
  readonly timestamp: boolean;
  /** Only of this object. */
  readonly object?: object | undefined;
  /** Only those. */
  fits?(event: object): boolean;
}

/** Tells events as they come: one, or until time is up, the user has enough or the connection is lost. */
export async function watch(
  { connect, out, shell }: Context,
  kinds: readonly EventKind[],
  { loop, timeout, timestamp: withTime, object, fits = () => true }: Watch,
): Promise<void> {
  if (timeout !== undefined && timeout < 1)
    throw new ShellError(`Numeric value '${timeout}' for <timeout> option is malformed or out of range`);
  let count = 0;
  const end = new AbortController();
  const stop = () => end.abort();
  shell.interrupted.addEventListener("abort", stop);
  const timer =
    timeout === undefined
      ? undefined
      : setTimeout(() => {
          out.gap("event loop timed out\n");
          end.abort();
        }, timeout * 1000);
  const listeners = await listen(connect, kinds, object, (event, say) => {
    if (end.signal.aborted || !fits(event)) return;
    count++;
    const when = withTime ? `${timestamp(Date.now())}: ` : "";
    out.text(`${when}${say()}\n`);
    if (out.isJson) out.flush();
    if (!loop) end.abort();
  }).catch((error: unknown) => {
    clearTimeout(timer);
    throw error;
  });
  void connect.closed.then((why) => {
    if (why !== undefined) out.error(why.message);
    end.abort();
  });
  if (!end.signal.aborted)
    await new Promise<void>((resolve) => end.signal.addEventListener("abort", () => resolve()));
  clearTimeout(timer);
  shell.interrupted.removeEventListener("abort", stop);
  if (connect.isAlive) await Promise.all(listeners.map((off) => off()));
  out.value(`events received: ${count}\n`, { eventsReceived: count });
  if (count === 0) throw new ShellError("");
}

/** Events of old drivers are left out when all are asked for. */
async function listen(
  connect: Connect,
  kinds: readonly EventKind[],
  object: object | undefined,
  tell: (event: object, say: () => string) => void,
): Promise<(() => Promise<void>)[]> {
  const listeners: (() => Promise<void>)[] = [];
  for (const { source, say } of kinds) {
    try {
      listeners.push(
        await connect.on(source, (event) => tell(event, () => say(event)), object && { object }),
      );
    } catch (error) {
      if (kinds.length === 1) throw error;
    }
  }
  return listeners;
}
