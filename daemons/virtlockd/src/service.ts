import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import { lock } from "@libvirt-ts/protocol";
import type { Call, Client, CloseReason, Handlers, Service } from "@libvirt-ts/rpc/server";
import { formatUuid } from "@libvirt-ts/util/uuid";
import { notRegistered, restricted } from "./errors.ts";
import type { Lockspaces } from "./lockspaces.ts";
import type { Owner, Owners } from "./owners.ts";
import { holderKey, type Records } from "./records.ts";
import type { PassStep } from "./steps.ts";

/** VIR_LOCK_SPACE_PROTOCOL_ACQUIRE_RESOURCE_* */
const flagShared = 1;
const flagCreate = 2;

/** For whom a connection speaks. */
interface Registration {
  readonly about: SavedRegistration;
  readonly owner: Owner;
  restricted: boolean;
  /** The connection outlives us. */
  kept?: boolean;
}

/** A registration as plain JSON. */
export interface SavedRegistration {
  readonly uuid: string;
  readonly name: string;
  readonly id: number;
  readonly pid: number;
  readonly restricted: boolean;
}

/** The lock program, and the registrations of its clients. */
export interface LockService {
  readonly service: Service<typeof lock.procs>;
  save(client: Client): SavedRegistration | undefined;
  adopt(client: Client, saved: SavedRegistration): void;
  /** From now on the end of a connection means nothing: it is we who end it. */
  stopping(): void;
}

interface LockServiceOptions {
  readonly spaces: Lockspaces;
  readonly owners: Owners;
  readonly records: Records;
  readonly pass: PassStep;
  /** Work that nobody waits for failed. */
  readonly onError: (error: unknown) => void;
}

const registrationKey = Symbol("registration");

export function lockService({ spaces, owners, records, pass, onError }: LockServiceOptions): LockService {
  let isStopping = false;
  const registrationOf = (client: Client) => client.local.get(registrationKey) as Registration | undefined; // set below only

  function register(client: Client, about: SavedRegistration): void {
    const { pid, restricted: isRestricted, ...details } = about;
    const before = registrationOf(client);
    const owner = owners.use(pid);
    owners.describe(owner, details);
    client.local.set(registrationKey, { about, owner, restricted: isRestricted } satisfies Registration);
    if (before) owners.drop(before.owner);
    else client.onClose((reason) => leave(client, reason));
  }

  /**
   * The connection of the owner itself stands for the process: who gives it up has no right to hold anything.
   * One that we end (a stop, `virt-admin client-disconnect`, a broken message) says nothing about the owner, whose
   * process is watched all the same. // differs: C ends the process whoever closed the connection
   */
  function leave(client: Client, reason: CloseReason | undefined): void {
    const registration = registrationOf(client);
    if (!registration) return;
    const { owner, kept } = registration;
    if (isStopping && kept) return;
    if (kept) {
      records.delete(holderKey(client));
      records.store.remove(holderKey(client));
    }
    if (client.peer.pid === owner.pid && isTheirs(reason) && spaces.isHolder(owner)) owners.condemn(owner);
    owners.drop(owner);
  }

  /**
   * Lets the connection of an owner itself outlive us. After it was told that it is restricted: before, the client
   * would wait for an answer that nobody gives.
   */
  async function keepHolder(client: Client): Promise<void> {
    const registration = registrationOf(client);
    const { id, peer, readOnly, socketPath, connectedAt, fd } = client;
    if (!registration || registration.kept || !client.isOpen || fd === undefined) return;
    const { owner, about } = registration;
    if (peer.pid !== owner.pid) return;
    registration.kept = true;
    const key = holderKey(client);
    await owners.keep(owner);
    await records.store.put(key, fd);
    if (!client.isOpen) return;
    pass("holder.stored");
    const { uuid, name, id: domainId, pid } = about;
    const connection = {
      id: String(id),
      peer,
      readOnly,
      socketPath,
      connectedAtMs: connectedAt.getTime(),
    };
    records.set("holder", key, { pid, details: { uuid, name, id: domainId }, connection });
    pass("holder.recorded");
  }

  const handlers: Partial<Handlers<typeof lock.procs>> = {
    register({ owner, flags }, { client }) {
      noFlags(flags, "Register");
      if (registrationOf(client)?.restricted) throw restricted();
      if (owner.id === 0) throw notRegistered();
      const { uuid, ...details } = owner;
      register(client, { ...details, uuid: formatUuid(uuid), restricted: false });
    },
    restrict({ flags }, call) {
      noFlags(flags, "Restrict");
      registered(call).restricted = true;
      setImmediate(() => void keepHolder(call.client).catch(onError));
    },
    async new({ path, flags }, call) {
      noFlags(flags, "New");
      registered(call);
      await spaces.add(path, false);
    },
    async createLockspace({ path }, { client }) {
      if (registrationOf(client)?.restricted) throw restricted();
      if (path !== "") await spaces.add(path, true); // the default one is always there
    },
    async createResource({ path, name, flags }, call) {
      noFlags(flags, "CreateResource");
      registered(call);
      await spaces.createFile(path, name);
    },
    async deleteResource({ path, name, flags }, call) {
      noFlags(flags, "DeleteResource");
      registered(call);
      await spaces.deleteFile(path, name);
    },
    acquireResource({ path, name, flags }, call) {
      checkFlags(flags, flagShared | flagCreate, functionName("AcquireResource"), ErrorDomain.RPC);
      const { owner } = registered(call);
      const options = { shared: (flags & flagShared) !== 0, create: (flags & flagCreate) !== 0 };
      return spaces.acquire(path, name, owner, options);
    },
    releaseResource({ path, name, flags }, call) {
      noFlags(flags, "ReleaseResource");
      return spaces.release(path, name, registered(call).owner.pid);
    },
  };

  /** @throws VirError when the connection may not change anything */
  function registered({ client }: Call): Registration {
    const registration = registrationOf(client);
    if (!registration) throw notRegistered();
    if (registration.restricted) throw restricted();
    return registration;
  }

  return {
    service: { program: lock, errorDomain: ErrorDomain.RPC, handlers },
    save(client) {
      const registration = registrationOf(client);
      return registration && { ...registration.about, restricted: registration.restricted };
    },
    adopt(client, saved) {
      register(client, saved);
      if (saved.restricted) void keepHolder(client).catch(onError);
    },
    stopping() {
      isStopping = true;
    },
  };
}

/** Whether it was the other side that ended a connection. */
function isTheirs(reason: CloseReason | undefined): boolean {
  return reason?.what === "eof" || reason?.what === "hangup" || resets.has(reason?.detail ?? "");
}

const resets: ReadonlySet<string> = new Set(["EPIPE", "ECONNRESET"]);

function noFlags(flags: number, name: string): void {
  checkFlags(flags, 0, functionName(name), ErrorDomain.RPC);
}

/** As the C daemon names its handlers in errors. */
function functionName(name: string): string {
  return `virLockSpaceProtocolDispatch${name}`;
}
