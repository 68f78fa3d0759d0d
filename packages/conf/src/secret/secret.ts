import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import { formatUuid, parseUuid, randomUuid, type Uuid } from "@libvirt-ts/util/uuid";
import {
  attr,
  child,
  element,
  type Infer,
  leaf,
  oneOf,
  parseXml,
  refusing,
  str,
  variant,
  type XmlElement,
  XmlWriter,
  xmlError,
  yesNo,
} from "@libvirt-ts/xml";

/** What a secret may be for, in the order of the numbers the API uses (`virSecretUsageType`). */
export const secretUsageTypes = ["none", "volume", "ceph", "iscsi", "tls", "vtpm"] as const;
export type SecretUsageType = (typeof secretUsageTypes)[number];

const secretError = (code: ErrorCode, detail: string) => new VirError(ErrorDomain.SECRET, code, detail);

/** `<TAG>ID</TAG>`: what the secret is looked up by. */
const usageId = (tag: string, usage: string, what: string) => ({
  id: leaf(tag, str, {
    required: true,
    missing: () => secretError(ErrorCode.INTERNAL_ERROR, `${usage} usage specified, but ${what} is missing`),
  }),
});

/** Whose secret it is; usage and `id` together are unique. */
const Usage = element("usage", {
  type: attr("type", oneOf(secretUsageTypes), { required: true }),
  $id: variant("type", {
    none: {},
    volume: usageId("volume", "volume", "volume path"),
    ceph: usageId("name", "Ceph", "name"),
    iscsi: usageId("target", "iSCSI", "target"),
    tls: usageId("name", "TLS", "name"),
    vtpm: usageId("name", "vTPM", "name"),
  }),
});
export type SecretUsage = Infer<typeof Usage>;

const truth = (name: string) =>
  attr(
    name,
    refusing(yesNo, () => secretError(ErrorCode.XML_ERROR, `invalid value of '${name}'`)),
    { default: false, emptyIsAbsent: true },
  );

const uuid = {
  parse(text: string): Uuid {
    const bytes = parseUuid(text);
    if (!bytes) throw secretError(ErrorCode.INTERNAL_ERROR, "malformed uuid element");
    return formatUuid(bytes);
  },
  format: (value: Uuid) => value,
};

export const SecretSyntax = element("secret", {
  /** Kept in memory only. */
  isEphemeral: truth("ephemeral"),
  /** The value is not handed out to clients. */
  isPrivate: truth("private"),
  uuid: leaf("uuid", uuid),
  description: leaf("description", str),
  usage: child(Usage),
});

/** What is known about a secret beside its value; always with a UUID. `usage` is absent rather than `none`. */
export type SecretDef = Infer<typeof SecretSyntax> & { uuid: Uuid };

/** Reads `<secret>`; one without UUID gets a new one. @throws VirError */
export function parseSecret(text: string, newUuid: () => Uuid = randomUuid): SecretDef {
  const root = parseXml(text, { errorDomain: ErrorDomain.SECRET });
  return readSecret(root, newUuid);
}

function readSecret(root: XmlElement, newUuid: () => Uuid): SecretDef {
  if (root.name !== "secret") throw xmlError(`expecting root element of 'secret', not '${root.name}'`);
  const syntax = SecretSyntax.parse(root, {});
  if (syntax.usage?.type === "none") delete syntax.usage;
  return { ...syntax, uuid: syntax.uuid ?? newUuid() };
}

/** The text of a secret's description, with a final newline; never its value. */
export function formatSecret(def: SecretDef): string {
  const writer = new XmlWriter();
  SecretSyntax.format(def, writer, {});
  return writer.toString();
}
