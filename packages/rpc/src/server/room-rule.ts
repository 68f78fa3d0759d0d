import { ErrorCode, ErrorDomain, internal, VirError } from "@libvirt-ts/errors";
import type { CallRow } from "@libvirt-ts/protocol";
import type { Codec } from "@libvirt-ts/xdr";

/** What the arguments that tell how much a client has room for count, and with what code they are refused. */
const rooms: Readonly<Record<string, (detail: string) => VirError>> = {
  maxnames: (detail) => new VirError(ErrorDomain.RPC, ErrorCode.RPC, detail),
  maxuuids: (detail) => new VirError(ErrorDomain.RPC, ErrorCode.RPC, detail),
  maxids: (detail) => new VirError(ErrorDomain.RPC, ErrorCode.RPC, detail),
  maxcells: (detail) => new VirError(ErrorDomain.RPC, ErrorCode.RPC, detail),
  nparams: (detail) => internal(ErrorDomain.RPC, detail),
  maxerrors: (detail) => internal(ErrorDomain.RPC, detail),
  maxStats: (detail) => internal(ErrorDomain.RPC, detail),
  maxinfo: (detail) => internal(ErrorDomain.RPC, detail),
  ncpumaps: (detail) => internal(ErrorDomain.RPC, detail),
  maplen: (detail) => internal(ErrorDomain.RPC, detail),
  size: (detail) => internal(ErrorDomain.RPC, detail),
};
/** Where each CPU map is counted, beside the bytes of one. */
const mapCounts = ["maxinfo", "ncpumaps"];

/**
 * Room for an answer: not less than nothing, not more than a reply may carry.
 * @returns undefined for rows that ask for no certain number
 */
export function roomRule({ args, ret }: CallRow): ((args: unknown) => void) | undefined {
  const asked = Object.keys(fieldsOf(args)).filter((field) => field in rooms);
  const limits = Object.entries(fieldsOf(ret)).flatMap(([field, { schema }]) =>
    "max" in schema && schema.kind !== "string" ? [[field, schema.max] as const] : [],
  );
  const [first] = limits;
  if (asked.length === 0 || first === undefined) return undefined;
  const ofMaps = limits.find(([field]) => field === "cpumaps")?.[1];
  const limitOf = (field: string) => (field === "maplen" && ofMaps !== undefined ? ofMaps : first[1]);
  return (values) => {
    const value = (field: string): unknown => Reflect.get(Object(values), field);
    for (const field of asked) {
      const count = value(field);
      if (typeof count !== "number") continue;
      if (count < 0) throw rooms[field]?.(`${field} must be non-negative`);
      if (count > limitOf(field)) throw rooms[field]?.(`${field} too large`);
    }
    const maps = mapCounts.map(value).find((count) => typeof count === "number");
    if (typeof maps === "number" && ofMaps !== undefined && maps * Number(value("maplen")) > ofMaps)
      throw internal(ErrorDomain.RPC, "maplen too large");
  };
}

const fieldsOf = (codec: Codec<unknown> | null): Readonly<Record<string, Codec<unknown>>> =>
  codec?.schema.kind === "struct" ? codec.schema.fields : {};
