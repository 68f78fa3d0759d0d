import { DomainUndefineFlags } from "@libvirt-ts/api";
import type { Connect, Domain } from "@libvirt-ts/client";
import { VirError } from "@libvirt-ts/errors";
import { onTestFinished } from "vitest";
import { connectTo, type Target } from "./target.ts";

export type GuestState = "running" | "paused" | "shutoff";

const { MANAGED_SAVE, SNAPSHOTS_METADATA } = DomainUndefineFlags;
const everything = MANAGED_SAVE | SNAPSHOTS_METADATA;

/** A guest of the running test, in a state. */
export interface Guest {
  readonly connect: Connect;
  readonly domain: Domain;
}

export async function guestIn(target: Target, state: GuestState, name = "contract"): Promise<Guest> {
  const connect = await connectTo(target);
  return { connect, domain: await addGuest(target, connect, { state, name }) };
}

/** One more, gone after the test. */
export async function addGuest(
  target: Target,
  connect: Connect,
  { state, name }: { state: GuestState; name: string },
): Promise<Domain> {
  const domain = await connect.domainDefineXml({ xml: target.guestXml({ name }) });
  onTestFinished(() => removeGuest(domain));
  if (state !== "shutoff") await domain.create();
  if (state === "paused") await domain.suspend();
  return state === "shutoff" ? domain : connect.domainLookupByName({ name });
}

/** Ends a guest and forgets it, if it is still there. */
export async function removeGuest(domain: Domain): Promise<void> {
  await ignore(domain.destroy());
  await ignore(domain.undefineFlags({ flags: everything }));
}

async function ignore(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (!(error instanceof VirError)) throw error;
  }
}
