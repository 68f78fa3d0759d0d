import { Connect, type Transport } from "@libvirt-ts/client";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { onTestFinished } from "vitest";
import type { Difference } from "./differences.ts";
import { type Calls, recorded } from "./recorded.ts";

/** A driver and the way to it. */
export interface Target {
  /** As reports name it. */
  readonly name: string;
  /** What CONNECT_OPEN is given. */
  readonly uri: string;
  /** Domain of the errors that the driver itself makes. */
  readonly errorDomain: ErrorDomain;
  /** A connection of its own on which nothing is open yet. */
  transport(o: { readOnly: boolean }): Promise<Transport>;
  /** A definition of a guest that runs here, with a disk "vda" and 2 processors. */
  guestXml(o: { name: string; uuid?: string }): string;
  /** A folder in which the driver may make files. */
  readonly folder: () => string;
  /** What a call ("create", or "create paused") in a wrong state is refused with, if not by OPERATION_INVALID of the driver. */
  readonly wrongState?: Readonly<Record<string, string>>;
  /** Where it does otherwise, each with the reason. */
  readonly differences: Readonly<Partial<Record<Difference, string>>>;
  /** What has been called here. */
  readonly calls: Calls;
}

/** A connection for the running test. */
export async function connectTo(target: Target, { readOnly = false } = {}): Promise<Connect> {
  const transport = recorded(await target.transport({ readOnly }), target.calls);
  const connect = await Connect.over(transport, { name: target.uri, readOnly });
  onTestFinished(() => connect.close());
  return connect;
}

const codeNames = names(ErrorCode);
const domainNames = names(ErrorDomain);

function names(table: Readonly<Record<string, number>>): ReadonlyMap<number, string> {
  return new Map(Object.entries(table).map(([name, number]) => [number, name]));
}

/**
 * What a call says: its result, or the error as "CODE/DOMAIN"; the domain of the target itself is "driver".
 * What is no error of libvirt's is thrown on.
 */
export async function answer<T>(target: Target, call: Promise<T>): Promise<T | string> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof VirError)) throw error;
    const domain = error.domain === target.errorDomain ? "driver" : domainNames.get(error.domain);
    return `${codeNames.get(error.code)}/${domain}`;
  }
}

/** "ok", or the error as `answer` tells it. */
export const outcome = async (target: Target, call: Promise<unknown>): Promise<string> =>
  answer(
    target,
    call.then(() => "ok"),
  );
