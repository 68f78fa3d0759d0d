import { setTimeout as delay } from "node:timers/promises";

const lookAgainMs = 20;

type Nothing = undefined | null | false;

/** How long the tests' machines may take for anything they do. */
export const patienceMs = 30_000;

/**
 * Waits until `look` returns something (neither undefined, null nor false); for facts that nobody announces.
 * @param what completes "waited in vain for …"
 * @throws Error with the last failure of `look`, when it does not come true in time
 */
export async function waitFor<T>(
  what: string,
  look: () => T | Nothing | Promise<T | Nothing>,
  timeoutMs = patienceMs,
): Promise<T> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    let failure: unknown;
    try {
      const found = await look();
      if (found !== undefined && found !== null && found !== false) return found;
    } catch (error) {
      failure = error;
    }
    if (Date.now() > until) throw new Error(`waited in vain for ${what}`, { cause: failure });
    await delay(lookAgainMs);
  }
}

/** @throws Error naming `what` when `promise` takes too long */
export async function within<T>(what: string, promise: Promise<T>, timeoutMs = patienceMs): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
