import {
  DomainCheckpointCreateFlags as CreateFlag,
  DomainCheckpointDeleteFlags as DeleteFlag,
  DomainCheckpointXmlFlags as XmlFlag,
} from "@libvirt-ts/api";
import {
  alignCheckpointDisks,
  type CheckpointDef,
  formatCheckpoint,
  parseCheckpoint,
} from "@libvirt-ts/conf/checkpoint";
import { domainDefCopy } from "@libvirt-ts/conf/domain";
import { assertValid } from "@libvirt-ts/conf/schema";
import { ErrorCode, ErrorDomain, VirError } from "@libvirt-ts/errors";
import {
  checkpointCalls,
  type RemoteHandlers,
  checkpointHandlers as readingHandlers,
  refusePairs,
  requireWith,
} from "@libvirt-ts/hypervisor";
import { parseXml } from "@libvirt-ts/xml";
import type { TestDomain, TestDriver } from "../test-driver.ts";
import { reading } from "./definition.ts";
import { deleteMoment, secondsNow } from "./moments.ts";

const API = ErrorDomain.DOMAIN_CHECKPOINT;
const { REDEFINE, QUIESCE, REDEFINE_VALIDATE } = CreateFlag;
const redefine = [REDEFINE, "VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE"] as const;

/** Moments from which on changes of disks are written down; no disk ever changes. */
export function checkpointHandlers(driver: TestDriver): RemoteHandlers {
  const calls = checkpointCalls(driver);
  return {
    ...readingHandlers(driver),
    domainCheckpointCreateXml({ dom, xmlDesc, flags }) {
      const validate = [REDEFINE_VALIDATE, "VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE_VALIDATE"] as const;
      requireWith(flags, [validate, redefine], API);
      refusePairs(flags, [[redefine, [QUIESCE, "VIR_DOMAIN_CHECKPOINT_CREATE_QUIESCE"]]], API);
      calls.checkFlags(flags, REDEFINE | QUIESCE, "DomainCheckpointCreateXML");
      const domain = calls.domain(dom);
      if (domain.momentCounts.snapshots > 0)
        throw unsupported("cannot create checkpoint while snapshot exists");
      if (!domain.isActive) throw unsupported("cannot create checkpoint for inactive domain");
      const isRedefined = (flags & REDEFINE) !== 0;
      const def = readCheckpoint(xmlDesc, { momentDomain: reading, isRedefined, now: secondsNow(driver) });
      if (isRedefined) redefineCheckpoint(domain, def);
      else makeCheckpoint(domain, def);
      driver.domains.touch();
      return { checkpoint: { name: def.name, dom } };
    },
    domainCheckpointGetXmlDesc({ checkpoint, flags }) {
      const known = XmlFlag.SECURE | XmlFlag.NO_DOMAIN | XmlFlag.SIZE;
      calls.checkFlags(flags, known, "DomainCheckpointGetXMLDesc");
      const { domain, moment } = calls.find(checkpoint);
      const has = (flag: number) => (flags & flag) !== 0;
      // Nothing is ever written, and so no size is shown.
      if (has(XmlFlag.SIZE)) domain.requireActive();
      const xml = formatCheckpoint(moment.def, {
        secure: has(XmlFlag.SECURE),
        noDomain: has(XmlFlag.NO_DOMAIN),
      });
      return { xml };
    },
    domainCheckpointDelete({ checkpoint, flags }) {
      const { CHILDREN, CHILDREN_ONLY, METADATA_ONLY } = DeleteFlag;
      const apart = [
        [
          [CHILDREN, "VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN"],
          [CHILDREN_ONLY, "VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN_ONLY"],
        ],
      ] as const;
      refusePairs(flags, apart, API);
      calls.checkFlags(flags, CHILDREN | CHILDREN_ONLY | METADATA_ONLY, "DomainCheckpointDelete");
      const { domain, moment } = calls.find(checkpoint);
      deleteMoment(driver, { moments: domain.checkpoints, moment, flags });
    },
  };
}

const unsupported = (detail: string) =>
  new VirError(ErrorDomain.TEST, ErrorCode.OPERATION_UNSUPPORTED, detail);

/** Documents of this kind are held to their schema, asked or not. */
function readCheckpoint(xml: string, options: Parameters<typeof parseCheckpoint>[1]): CheckpointDef {
  const { name } = parseXml(xml, { errorDomain: API });
  if (name === "domaincheckpoint") assertValid(xml, "domaincheckpoint");
  return parseCheckpoint(xml, options);
}

function makeCheckpoint({ def: guest, checkpoints }: TestDomain, def: CheckpointDef): void {
  def.domain = domainDefCopy(guest);
  alignCheckpointDisks(def);
  const { current } = checkpoints;
  checkpoints.current = checkpoints.add({ ...def, parent: current?.def.name });
}

function redefineCheckpoint({ uuid, checkpoints }: TestDomain, def: CheckpointDef): void {
  const { name, domain, parent } = def;
  if (domain && domain.uuid !== uuid) {
    const detail = `definition for checkpoint ${name} must use uuid ${uuid}`;
    throw new VirError(API, ErrorCode.INVALID_ARG, detail);
  }
  checkpoints.checkParent(def);
  if (domain) alignCheckpointDisks(def);
  // The last in a row is where the guest goes on from.
  const isNext = parent === undefined ? !checkpoints.current : checkpoints.current?.def.name === parent;
  const made = checkpoints.redefine(def);
  if (isNext) checkpoints.current = made;
}
