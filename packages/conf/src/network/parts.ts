import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import {
  attr,
  attrOf,
  child,
  element,
  type Infer,
  type InferFields,
  list,
  nonNegativeInt,
  oneOf,
  refusing,
  size,
  str,
  strictly,
  uint,
  uintAnyBase,
  yesNo,
} from "@libvirt-ts/xml";
import { nonZero, uint8, uint24, within } from "../types.ts";
import { uuidText, yesOrElse } from "./scalars.ts";

const sharedError = (code: ErrorCode, detail: string) => new VirError(ErrorDomain.NONE, code, detail);
const sharedXmlError = (detail: string) => sharedError(ErrorCode.XML_ERROR, detail);

/** Names of the ways an external switch or agent learns about a port. */
export const virtualPortTypes = ["802.1Qbg", "802.1Qbh", "openvswitch", "midonet"] as const;

/** Numbers wrap as they do in C: what is below zero is out of range, not malformed. */
const portNumber = (name: string) =>
  refusing(uintAnyBase, (text) =>
    sharedXmlError(
      /^\s*-\d+$/.test(text)
        ? `value ${name === "typeid" ? "for" : "of"} ${name} out of range`
        : `cannot parse value of ${name} parameter`,
    ),
  );
const portUuid = (name: string) =>
  refusing(uuidText, () => sharedXmlError(`cannot parse ${name} parameter as a uuid`));

const parameters = element("parameters", {
  managerid: attr("managerid", uint8(portNumber("managerid"))),
  typeid: attr("typeid", uint24(portNumber("typeid"))),
  typeidversion: attr("typeidversion", uint8(portNumber("typeidversion"))),
  instanceid: attr("instanceid", portUuid("instanceid")),
  interfaceid: attr("interfaceid", portUuid("interfaceid")),
  profileid: attr("profileid", strictly(str, /[^\0]{0,39}/, "up to 39 characters"), { omit: "" }),
});

const portFields = {
  type: attr(
    "type",
    oneOf(virtualPortTypes, (text) =>
      sharedError(ErrorCode.CONFIG_UNSUPPORTED, `unknown virtualport type ${text}`),
    ),
  ),
  parameters: child(parameters),
};

function readPort(port: VirtualPort): void {
  const { type, parameters: given } = port;
  checkRanges(given);
  if (type !== undefined) refuseExtra(type, given ?? {});
  // What it has no use for is passed over.
  if (type === "midonet" && given)
    port.parameters = given.interfaceid === undefined ? {} : { interfaceid: given.interfaceid };
}

/** `<virtualport>`: what a switch outside of the host is told about a port. Without type: to be merged. */
export const VirtualPort = element("virtualport", portFields, { read: readPort });
/** The same where nothing will tell the type later. */
export const TypedPort = element("virtualport", portFields, {
  read(port) {
    if (port.type === undefined) throw sharedXmlError("missing required virtualport type");
    readPort(port);
  },
});
export type VirtualPort = InferFields<typeof portFields>;

type PortType = (typeof virtualPortTypes)[number];
type PortParameters = NonNullable<VirtualPort["parameters"]>;
const parameterNames = [
  "managerid",
  "typeid",
  "typeidversion",
  "instanceid",
  "profileid",
  "interfaceid",
] as const satisfies (keyof PortParameters)[];

/** Parameters of each type: what must be there, and what else may. */
const parametersOf: {
  readonly [T in PortType]: { readonly must: readonly string[]; readonly may: readonly string[] };
} = {
  "802.1Qbg": { must: ["managerid", "typeid", "typeidversion"], may: ["instanceid"] },
  "802.1Qbh": { must: ["profileid"], may: [] },
  openvswitch: { must: [], may: ["interfaceid", "profileid"] },
  midonet: { must: ["interfaceid"], may: parameterNames },
};

/** Numbers a port is known by that are made up where none are written. */
export function completePort(port: VirtualPort, newUuid: () => string): void {
  const { type } = port;
  const parameters: NonNullable<VirtualPort["parameters"]> = port.parameters ?? {};
  if (type === undefined || type === "802.1Qbg") parameters.instanceid ??= newUuid();
  if (type === undefined || type === "openvswitch") parameters.interfaceid ??= newUuid();
  port.parameters = parameters;
}

const misfit = (type: PortType, what: string) =>
  new VirError(ErrorDomain.NET, ErrorCode.XML_ERROR, `${what} in <virtualport type='${type}'>`);

function refuseExtra(type: PortType, given: PortParameters): void {
  const { must, may } = parametersOf[type];
  const extra = parameterNames.find(
    (name) => given[name] !== undefined && !must.includes(name) && !may.includes(name),
  );
  if (extra !== undefined) throw misfit(type, `extra ${extra} unsupported`);
}

/** Refuses a port that does not say all its switch must know: nothing else will be merged with it. */
export function checkWholePort({ type, parameters: given }: VirtualPort): void {
  if (type === undefined) throw sharedXmlError("missing required virtualport type");
  const missing = parametersOf[type].must.find((name) => given?.[name as keyof PortParameters] === undefined); // one of them
  if (missing !== undefined) throw misfit(type, `missing ${missing}`);
}

function checkRanges(given: VirtualPort["parameters"]): void {
  const limits = { managerid: 0xff, typeid: 0xffffff, typeidversion: 0xff } as const;
  for (const [name, limit] of Object.entries(limits)) {
    const value = given?.[name as keyof typeof limits]; // the keys of the object literal above
    if (value !== undefined && value > limit)
      throw sharedXmlError(`value ${name === "typeid" ? "for" : "of"} ${name} out of range`);
  }
  if (given?.profileid !== undefined && given.profileid.length > 39)
    throw sharedXmlError("profileid parameter too long");
}

/** `<vlan>`: tags of a port; trunk when it carries several, or one together with a native one. */
export const Vlan = element(
  "vlan",
  {
    trunk: attr("trunk", yesOrElse, { omit: false, emptyIsAbsent: true }),
    tags: list(
      element("tag", {
        id: attr("id", within(uint, 0, 4095), { required: true }),
        nativeMode: attr("nativeMode", oneOf(["tagged", "untagged"])),
      }),
    ),
  },
  {
    read(vlan, { attrs }) {
      const { tags } = vlan;
      if (tags.length === 0) {
        throw sharedXmlError("missing tag id - each <vlan> must have at least one <tag id='n'/> subelement");
      }
      for (const { id } of tags)
        if (id > 4095) throw sharedXmlError(`vlan tag id ${id} too large (maximum 4095)`);
      const natives = tags.filter((tag) => tag.nativeMode !== undefined).length;
      if (natives > 1) throw sharedXmlError("duplicate native vlan setting");
      if (vlan.trunk === false) refuseTrunk(attrs.trunk ?? "", { tags: tags.length, natives });
      if (tags.length > 1) vlan.trunk = true;
    },
  },
);

/** What is said of a trunk that is not `yes`. */
function refuseTrunk(said: string, { tags, natives }: { tags: number; natives: number }): void {
  if (tags > 1) {
    throw sharedXmlError(
      `invalid "trunk='${said}'" in <vlan> - trunk='yes' is required for more than one vlan tag`,
    );
  }
  if (natives > 0) {
    throw sharedXmlError(
      `invalid configuration in <vlan> - "trunk='no'" is not allowed with a native vlan id`,
    );
  }
  if (said.toLowerCase() !== "no")
    throw sharedXmlError(`invalid "trunk='${said}'" in <vlan> - must be yes or no`);
}
export type Vlan = Infer<typeof Vlan>;

const rate = {
  average: attr("average", nonZero(size), { omit: 0 }),
  peak: attr("peak", nonZero(size), { omit: 0 }),
  floor: attr("floor", nonZero(size), { omit: 0 }),
  burst: attr("burst", nonZero(size), { omit: 0 }),
};
const checkRate = (given: {
  average?: number | undefined;
  peak?: number | undefined;
  floor?: number | undefined;
  burst?: number | undefined;
}) => {
  if (given.average === undefined && given.floor === undefined)
    throw sharedError(ErrorCode.XML_DETAIL, "Missing mandatory average or floor attributes");
  if ((given.peak !== undefined || given.burst !== undefined) && given.average === undefined)
    throw sharedError(ErrorCode.CONFIG_UNSUPPORTED, "'peak' and 'burst' require 'average' attribute");
};

/** One direction of traffic: kilobytes a second, `burst` in kilobytes. */
export const Inbound = element("inbound", rate, { read: checkRate });
export type Rate = Infer<typeof Inbound>;
const Outbound = element("outbound", rate, {
  read(given) {
    if (given.floor !== undefined)
      throw sharedError(ErrorCode.CONFIG_UNSUPPORTED, "'floor' attribute allowed only in <inbound> element");
    checkRate(given);
  },
});

const bandwidth = { inbound: child(Inbound), outbound: child(Outbound) };

/** `<bandwidth>`; `classId` only in what the daemon wrote itself. */
export const Bandwidth = element("bandwidth", {
  classId: attr("classID", nonZero(uint), { omit: 0 }),
  ...bandwidth,
});
export type Bandwidth = Infer<typeof Bandwidth>;

/** The same for all guests of a network or group together, of which nothing is guaranteed to any. */
export const NetworkBandwidth = element("bandwidth", bandwidth, {
  read({ inbound, outbound }, { attrs }) {
    if (attrs.classID !== undefined)
      throw sharedError(
        ErrorCode.XML_DETAIL,
        "classID attribute not supported on <bandwidth> in this usage context",
      );
    if (inbound?.floor !== undefined || outbound?.floor !== undefined)
      throw sharedError(ErrorCode.CONFIG_UNSUPPORTED, "floor attribute is not supported for this config");
  },
});

/** How often a device of a pool is in use; only in live XML, and only if it is. */
export const connections = attr("connections", nonNegativeInt, { show: "live", omit: 0 });

/** `<port isolated='yes'/>` */
export const isolatedPort = attrOf("port", "isolated", yesNo, { strict: { bare: true } });

/** `<driver name='vfio' model='...'/>` of a passed-through device. */
export const PciDriver = element("driver", {
  name: attr("name", oneOf(["kvm", "vfio", "xen"])),
  model: attr("model", str),
});
