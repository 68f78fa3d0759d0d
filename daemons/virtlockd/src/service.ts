import { checkFlags, ErrorDomain } from "@libvirt-ts/errors";
import { type LockOwner, lock } from "@libvirt-ts/protocol";
import type { Call, Client, Handlers, Service } from "@libvirt-ts/rpc/server";
import { formatUuid, parseUuid } from "@libvirt-ts/util/uuid";
import { notRegistered, restricted } from "./errors.ts";
import type { Lockspaces } from "./lockspaces.ts";
import type { Owner, Owners } from "./owners.ts";

/** VIR_LOCK_SPACE_PROTOCOL_ACQUIRE_RESOURCE_* */
const flagShared = 1;
const flagCreate = 2;

/** For whom a connection speaks. */
interface Registration {
  details: LockOwner;
  owner: Owner;
  restricted: boolean;
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
  saveClient(client: Client): SavedRegistration | undefined;
  adoptClient(client: Client, saved: SavedRegistration): void;
}

const registrationKey = Symbol("registration");

export function lockService(spaces: Lockspaces, owners: Owners): LockService {
  const registrationOf = (client: Client) => client.local.get(registrationKey) as Registration | undefined; // set below only

  function register(client: Client, details: LockOwner, isRestricted: boolean): void {
    const before = registrationOf(client);
    const registration = { details, owner: owners.use(details.pid), restricted: isRestricted };
    client.local.set(registrationKey, registration);
    if (before) owners.drop(before.owner);
    else client.onClose(() => leave(client));
  }

  /** The connection of the owner itself stands for the process: with it ends the right to hold anything. */
  function leave(client: Client): void {
    const registration = registrationOf(client);
    if (!registration) return;
    const { owner } = registration;
    if (client.peer.pid === owner.pid && spaces.isHolder(owner)) owners.condemn(owner);
    owners.drop(owner);
  }

  const handlers: Partial<Handlers<typeof lock.procs>> = {
    register({ owner, flags }, { client }) {
      noFlags(flags, "Register");
      if (registrationOf(client)?.restricted) throw restricted();
      if (owner.id === 0) throw notRegistered();
      register(client, owner, false);
    },
    restrict({ flags }, call) {
      noFlags(flags, "Restrict");
      registered(call).restricted = true;
    },
    async new({ path, flags }, call) {
      noFlags(flags, "New");
      registered(call);
      await spaces.add(path, false);
    },
    async createLockspace({ path }, { client }) {
      if (registrationOf(client)?.restricted) throw restricted();
      await spaces.add(path, true);
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
    async acquireResource({ path, name, flags }, call) {
      checkFlags(flags, flagShared | flagCreate, functionName("AcquireResource"), ErrorDomain.RPC);
      const { owner } = registered(call);
      const options = { shared: (flags & flagShared) !== 0, create: (flags & flagCreate) !== 0 };
      await spaces.acquire(path, name, owner, options);
    },
    async releaseResource({ path, name }, call) {
      await spaces.release(path, name, registered(call).owner.pid);
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
    saveClient(client) {
      const registration = registrationOf(client);
      if (!registration) return undefined;
      const { uuid, name, id, pid } = registration.details;
      return { uuid: formatUuid(uuid), name, id, pid, restricted: registration.restricted };
    },
    adoptClient(client, { uuid, restricted: isRestricted, ...details }) {
      register(client, { ...details, uuid: parseUuid(uuid) ?? new Uint8Array(16) }, isRestricted);
    },
  };
}

function noFlags(flags: number, name: string): void {
  checkFlags(flags, 0, functionName(name), ErrorDomain.RPC);
}

/** As the C daemon names its handlers in errors. */
function functionName(name: string): string {
  return `virLockSpaceProtocolDispatch${name}`;
}
