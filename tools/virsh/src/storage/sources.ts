import { type ArgsOf, arg, doing, flag, text } from "@libvirt-ts/cli";
import { command } from "../context.ts";
import { readText } from "../support/files.ts";
import { present, tag } from "../support/xml.ts";
import { createFlagsOf } from "./pools.ts";

/* Pools described by options, and what pools there could be. */

const described = {
  name: arg("name of the pool"),
  type: arg("kind of pool"),
  "print-xml": flag("show the XML, do nothing"),
  "source-host": text("host of the pool"),
  "source-path": text("path of the source"),
  "source-dev": text("device below the pool"),
  "source-name": text("name of the source"),
  target: text("where its volumes appear"),
  "source-format": text("format of the pool"),
  "auth-type": text("kind of login"),
  "auth-username": text("name to log in with"),
  "secret-usage": text("what the secret is used for"),
  "secret-uuid": text("UUID of the secret"),
  "adapter-name": text("name of the host adapter"),
  "adapter-wwnn": text("node name of the adapter"),
  "adapter-wwpn": text("port name of the adapter"),
  "adapter-parent": text("parent of the adapter"),
  "adapter-parent-wwnn": text("node name of the adapter's parent"),
  "adapter-parent-wwpn": text("port name of the adapter's parent"),
  "adapter-parent-fabric-wwn": text("fabric name of the adapter's parent"),
  "source-protocol-ver": text("version of NFS"),
  "source-initiator": text("initiator name"),
} as const;

/** The XML those options describe. */
function poolXml(args: ArgsOf<typeof described>): string {
  const { name, type, secretUsage, secretUuid, authType, authUsername, target } = args;
  const secret = tag("secret", {
    ...(secretUsage === undefined ? { uuid: secretUuid } : { usage: secretUsage }),
  });
  const source = present([
    args.sourceHost && tag("host", { name: args.sourceHost }),
    args.sourcePath && tag("dir", { path: args.sourcePath }),
    args.sourceDev && tag("device", { path: args.sourceDev }),
    adapterXml(args),
    authType && authUsername && tag("auth", { type: authType, username: authUsername }, [secret]),
    args.sourceName && tag("name", {}, args.sourceName),
    args.sourceFormat && tag("format", { type: args.sourceFormat }),
    args.sourceInitiator && tag("initiator", {}, [tag("iqn", { name: args.sourceInitiator })]),
  ]);
  // it says nothing without the rest
  if (source.length > 0 && args.sourceProtocolVer)
    source.push(tag("protocol", { ver: args.sourceProtocolVer }));
  const parts = present([
    tag("name", {}, name),
    source.length > 0 && tag("source", {}, source),
    target && tag("target", {}, [tag("path", {}, target)]),
  ]);
  return `${tag("pool", { type }, parts)}\n`;
}

function adapterXml(args: ArgsOf<typeof described>): string | undefined {
  if (args.adapterName !== undefined) return tag("adapter", { type: "scsi_host", name: args.adapterName });
  if (args.adapterWwnn === undefined || args.adapterWwpn === undefined) return undefined;
  return tag("adapter", {
    type: "fc_host",
    parent: args.adapterParent,
    parent_wwnn: args.adapterParentWwnn,
    parent_wwpn: args.adapterParentWwpn,
    parent_fabric_wwn: args.adapterParentFabricWwn,
    wwnn: args.adapterWwnn,
    wwpn: args.adapterWwpn,
  });
}

export const poolCreateAs = command("pool-create-as", {
  help: "start a pool that is described by options",
  options: {
    ...described,
    build: flag("build the pool first"),
    "no-overwrite": flag("not if there is something already"),
    overwrite: flag("whatever is there"),
  },
  async run(args, { connect, out }) {
    const flags = createFlagsOf(args);
    const xml = poolXml(args);
    if (args.printXml) {
      out.text(xml);
      return;
    }
    await doing(`Failed to create pool ${args.name}`, connect.storagePoolCreateXml({ xml, flags }));
    out.done(`Pool ${args.name} created`);
  },
});

export const poolDefineAs = command("pool-define-as", {
  help: "define a pool that is described by options",
  options: described,
  async run(args, { connect, out }) {
    const xml = poolXml(args);
    if (args.printXml) {
      out.text(xml);
      return;
    }
    await doing(`Failed to define pool ${args.name}`, connect.storagePoolDefineXml({ xml }));
    out.done(`Pool ${args.name} defined`);
  },
});

export const findStoragePoolSourcesAs = command("find-storage-pool-sources-as", {
  help: "look what pools a host offers",
  options: {
    type: arg("kind of pool"),
    host: text("name of the host"),
    port: text("its port"),
    initiator: text("initiator name"),
  },
  async run({ type, host, port, initiator }, { connect, out }) {
    const parts = present([
      host && tag("host", { name: host, port }),
      initiator && tag("initiator", {}, [tag("iqn", { name: initiator })]),
    ]);
    const srcSpec = host === undefined ? null : `${tag("source", {}, parts)}\n`;
    const found = connect.findStoragePoolSources({ type, srcSpec });
    out.text(await doing(`Failed to find any ${type} pool sources`, found));
  },
});

export const findStoragePoolSources = command("find-storage-pool-sources", {
  help: "look what pools there could be",
  options: { type: arg("kind of pool"), srcSpec: text("file with the description of the source") },
  async run({ type, srcSpec: file }, { connect, out }) {
    const srcSpec = file === undefined ? null : await readText(file);
    const found = connect.findStoragePoolSources({ type, srcSpec });
    out.text(await doing(`Failed to find any ${type} pool sources`, found));
  },
});
