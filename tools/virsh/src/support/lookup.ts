import { doing, ShellError } from "@libvirt-ts/cli";
import type {
  Connect,
  Domain,
  Interface,
  Network,
  NodeDevice,
  Nwfilter,
  Secret,
  StoragePool,
  StorageVol,
} from "@libvirt-ts/client";
import { ErrorCode, ErrorDomain, invalidArg, VirError } from "@libvirt-ts/errors";
import { parseUuid } from "@libvirt-ts/util/uuid";

/* Objects by what people call them. */

/** Only the canonical form is taken for a UUID: names may look like the others. */
export const isUuid = (text: string): boolean => text.length === 36 && parseUuid(text) !== undefined;

/** Which ways a domain may be named. */
export interface NamedBy {
  readonly id?: boolean;
  readonly uuid?: boolean;
  readonly name?: boolean;
}

/**
 * The domain of that id, UUID or name, tried in this order.
 * @throws ShellError if there is none; why says no more
 */
export async function findDomain(
  connect: Connect,
  text: string,
  { id = true, uuid = true, name = true }: NamedBy = {},
): Promise<Domain> {
  const ways: (() => Promise<Domain>)[] = [];
  if (id && /^\d{1,9}$/.test(text)) ways.push(() => connect.domainLookupById({ id: Number(text) }));
  if (uuid && isUuid(text)) ways.push(() => connect.domainLookupByUuid({ uuid: text }));
  if (name) ways.push(() => connect.domainLookupByName({ name: text }));
  const found = await firstOf(ways);
  if (found instanceof VirError || found === undefined)
    throw new ShellError(`failed to get domain '${text}'`);
  return found;
}

/** What the first way leads to, or why the last one leads to nothing. */
async function firstOf<T>(ways: readonly (() => Promise<T>)[]): Promise<T | VirError | undefined> {
  let last: VirError | undefined;
  for (const way of ways) {
    try {
      return await way();
    } catch (error) {
      if (!(error instanceof VirError)) throw error;
      last = error;
    }
  }
  return last;
}

async function found<T>(ways: readonly (() => Promise<T>)[], failure: string): Promise<T> {
  const result = await firstOf(ways);
  if (result === undefined) throw new ShellError(failure);
  if (result instanceof VirError) throw new ShellError(failure, { cause: result });
  return result;
}

/** By UUID, then by name. */
export function findNetwork(connect: Connect, text: string): Promise<Network> {
  const ways = [() => connect.networkLookupByName({ name: text })];
  if (isUuid(text)) ways.unshift(() => connect.networkLookupByUuid({ uuid: text }));
  return found(ways, `failed to get network '${text}'`);
}

export function findPool(connect: Connect, text: string): Promise<StoragePool> {
  const ways = [() => connect.storagePoolLookupByName({ name: text })];
  if (isUuid(text)) ways.unshift(() => connect.storagePoolLookupByUuid({ uuid: text }));
  return found(ways, `failed to get pool '${text}'`);
}

/**
 * A volume by its name in that pool, its key or its path.
 * @throws ShellError if there is none, or if it is of another pool
 */
export async function findVolume(
  connect: Connect,
  text: string,
  {
    pool: poolName,
    ways: asked,
  }: { pool?: string | undefined; ways?: readonly ("name" | "key" | "path")[] } = {},
): Promise<StorageVol> {
  const pool = poolName === undefined ? undefined : await findActivePool(connect, poolName);
  const allowed = asked ?? ["name", "key", "path"];
  const ways: (() => Promise<StorageVol>)[] = [];
  if (pool !== undefined && allowed.includes("name"))
    ways.push(() => pool.storageVolLookupByName({ name: text }));
  if (allowed.includes("key")) ways.push(() => connect.storageVolLookupByKey({ key: text }));
  if (allowed.includes("path")) ways.push(() => connect.storageVolLookupByPath({ path: text }));
  const hint = pool === undefined && asked === undefined ? ", specifying --pool might help" : "";
  const volume = await found(ways, `failed to get vol '${text}'${hint}`);
  if (pool !== undefined && volume.pool !== pool.name)
    throw new ShellError(`Requested volume '${text}' is not in pool '${pool.name}'`);
  return volume;
}

async function findActivePool(connect: Connect, text: string): Promise<StoragePool> {
  const pool = await findPool(connect, text);
  if (await pool.isActive()) return pool;
  throw new ShellError(`pool '${pool.name}' is not active`);
}

export const isMac = (text: string): boolean => /^[0-9a-f]{1,2}(:[0-9a-f]{1,2}){5}$/i.test(text);

/** By MAC address, if it looks like one, else by name. */
export function findInterface(connect: Connect, text: string): Promise<Interface> {
  const failure = `failed to get interface '${text}'`;
  if (isMac(text)) return doing(failure, connect.interfaceLookupByMacString({ mac: text }));
  return doing(failure, connect.interfaceLookupByName({ name: text }));
}

/** A device by name, or by "WWNN,WWPN". */
export function findNodeDevice(connect: Connect, text: string): Promise<NodeDevice> {
  const failure = `Could not find matching device '${text}'`;
  const [wwnn = "", wwpn] = text.split(",");
  if (wwpn !== undefined) {
    for (const each of [wwnn, wwpn]) {
      if (!/^(0x)?[0-9a-f]{16}$/i.test(each)) throw malformedWwn(each);
    }
    return doing(failure, connect.nodeDeviceLookupScsiHostByWwn({ wwnn, wwpn }));
  }
  return doing(failure, connect.nodeDeviceLookupByName({ name: text }));
}

export const malformedWwn = (text: string) =>
  new VirError(ErrorDomain.NONE, ErrorCode.INTERNAL_ERROR, `Malformed wwn: ${text}`);

export function findSecret(connect: Connect, text: string): Promise<Secret> {
  const failure = `failed to get secret '${text}'`;
  if (parseUuid(text) !== undefined) return doing(failure, connect.secretLookupByUuid({ uuid: text }));
  const message = "uuidstr in virSecretLookupByUUIDString must be a valid UUID";
  const cause = new VirError(ErrorDomain.SECRET, invalidArg(ErrorDomain.SECRET, "").code, undefined, {
    message,
  });
  throw new ShellError(failure, { cause });
}

export function findNwfilter(connect: Connect, text: string): Promise<Nwfilter> {
  const ways = [() => connect.nwfilterLookupByName({ name: text })];
  if (isUuid(text)) ways.unshift(() => connect.nwfilterLookupByUuid({ uuid: text }));
  return found(ways, `failed to get nwfilter '${text}'`);
}
