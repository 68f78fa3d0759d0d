import { Commands } from "@libvirt-ts/cli";
import type { Context } from "./context.ts";
import { backupBegin, backupDumpxml, checkpointCreate, checkpointCreateAs, checkpointDelete, checkpointDumpxml, checkpointEdit, checkpointInfo, checkpointList, checkpointParent } from "./checkpoint/checkpoints.ts";
import { domFdAssociate, domfsfreeze, domfsinfo, domfsthaw, domfstrim, domhostname, domlaunchsecinfo, domsetlaunchsecstate, getUserSshkeys, guestAgentTimeout, guestinfo, sendKey, sendProcessSignal, setUserPassword, setUserSshkeys } from "./domain/agent.ts";
import { attachDisk, attachInterface } from "./domain/attach.ts";
import { blockcommit, blockcopy, blockjob, blockpull, blockresize, domblkthreshold } from "./domain/block-jobs.ts";
import { console, screenshot, ttyconsole } from "./domain/console.ts";
import { cpuStats, emulatorpin, guestvcpus, setvcpu, setvcpus, vcpucount, vcpuinfo, vcpupin } from "./domain/cpus.ts";
import { desc, domrename, domxmlFromNative, domxmlToNative, dumpxml, edit, metadata, setLifecycleAction, undefine } from "./domain/definition.ts";
import { attachDevice, changeMedia, detachDevice, detachDeviceAlias, detachDisk, detachInterface, domifSetlink, updateDevice } from "./domain/devices.ts";
import { domdirtyrateCalc, domjobabort, domjobinfo, migrateCompcache, migrateGetmaxdowntime, migrateGetspeed, migratePostcopy, migrateSetmaxdowntime, migrateSetspeed } from "./domain/jobs.ts";
import { autostart, create, define, destroy, dompmsuspend, dompmwakeup, injectNmi, reboot, reset, resume, shutdown, start, suspend } from "./domain/lifecycle.ts";
import { blkiotune, memtune, numatune, perf, setmaxmem, setmem } from "./domain/memory.ts";
import { domdisplay, qemuAgentCommand, qemuAttach, qemuMonitorCommand, updateMemoryDevice, vncdisplay } from "./domain/qemu.ts";
import { dump, managedsave, managedsaveDefine, managedsaveDumpxml, managedsaveEdit, managedsaveRemove, restore, save, saveImageDefine, saveImageDumpxml, saveImageEdit } from "./domain/saving.ts";
import { iothreadadd, iothreaddel, iothreadinfo, iothreadpin, iothreadset, schedinfo } from "./domain/threads.ts";
import { blkdeviotune, domiftune } from "./domain/tuning.ts";
import { event, netEvent, nodedevEvent, poolEvent, qemuMonitorEvent, secretEvent } from "./events/commands.ts";
import { nwfilterBindingCreate, nwfilterBindingDelete, nwfilterBindingDumpxml, nwfilterBindingList, nwfilterDefine, nwfilterDumpxml, nwfilterEdit, nwfilterList, nwfilterUndefine } from "./filter/filters.ts";
import { capabilities, cpuBaseline, cpuCompare, cpuModels, domcapabilities, hostname, hypervisorCpuBaseline, hypervisorCpuCompare, maxvcpus, nodeMemoryTune, nodeinfo, nodesevinfo, nodesuspend, sysinfo, uri, version } from "./host/host.ts";
import { allocpages, freecell, freepages, nodecpumap, nodecpustats, nodememstats } from "./host/resources.ts";
import { ifaceBridge, ifaceUnbridge } from "./interface/bridges.ts";
import { ifaceBegin, ifaceCommit, ifaceDefine, ifaceDestroy, ifaceDumpxml, ifaceEdit, ifaceList, ifaceMac, ifaceName, ifaceRollback, ifaceStart, ifaceUndefine } from "./interface/interfaces.ts";
import { domblkerror, domblklist, domcontrol, domid, domifGetlink, domifaddr, domiflist, dominfo, domname, domuuid } from "./monitor/domain.ts";
import { domstate } from "./monitor/domstate.ts";
import { list } from "./monitor/list.ts";
import { domblkinfo, domblkstat, domifstat, dommemstat, domstats, domtime } from "./monitor/stats.ts";
import { netAutostart, netCreate, netDefine, netDestroy, netDumpxml, netEdit, netInfo, netList, netName, netStart, netUndefine, netUuid } from "./network/networks.ts";
import { netDhcpLeases, netPortCreate, netPortDelete, netPortDumpxml, netPortList, netUpdate } from "./network/parts.ts";
import { nodedevAutostart, nodedevCreate, nodedevDefine, nodedevDestroy, nodedevDetach, nodedevDumpxml, nodedevInfo, nodedevList, nodedevReattach, nodedevReset, nodedevStart, nodedevUndefine } from "./nodedev/devices.ts";
import { secretDefine, secretDumpxml, secretGetValue, secretList, secretSetValue, secretUndefine } from "./secret/secrets.ts";
import { cd, connect, echo, exit, help, pwd, quit } from "./self/shell.ts";
import { snapshotInfo, snapshotList } from "./snapshot/list.ts";
import { snapshotCreate, snapshotCreateAs, snapshotCurrent, snapshotDelete, snapshotDumpxml, snapshotEdit, snapshotParent, snapshotRevert } from "./snapshot/snapshots.ts";
import { poolAutostart, poolBuild, poolCapabilities, poolCreate, poolDefine, poolDelete, poolDestroy, poolDumpxml, poolEdit, poolInfo, poolList, poolName, poolRefresh, poolStart, poolUndefine, poolUuid } from "./storage/pools.ts";
import { findStoragePoolSources, findStoragePoolSourcesAs, poolCreateAs, poolDefineAs } from "./storage/sources.ts";
import { volDownload, volUpload } from "./storage/volume-content.ts";
import { volClone, volCreate, volCreateAs, volCreateFrom, volDelete, volDumpxml, volInfo, volKey, volList, volName, volPath, volPool, volResize, volWipe } from "./storage/volumes.ts";

/** Every command of virsh, in libvirt's groups. */
export const commands = new Commands<Context>([
  { title: "Domain Management", keyword: "domain", commands: [attachDevice, attachDisk, attachInterface, autostart, blkdeviotune, blkiotune, blockcommit, blockcopy, blockjob, blockpull, blockresize, changeMedia, console, cpuStats, create, define, desc, destroy, detachDevice, detachDeviceAlias, detachDisk, detachInterface, domdisplay, domfsfreeze, domfsthaw, domfsinfo, domfstrim, domhostname, domid, domifSetlink, domiftune, domjobabort, domjobinfo, domlaunchsecinfo, domsetlaunchsecstate, domname, domrename, dompmsuspend, dompmwakeup, domuuid, domxmlFromNative, domxmlToNative, dump, dumpxml, edit, getUserSshkeys, injectNmi, iothreadinfo, iothreadpin, iothreadadd, iothreadset, iothreaddel, sendKey, sendProcessSignal, managedsave, managedsaveRemove, managedsaveEdit, managedsaveDumpxml, managedsaveDefine, memtune, perf, metadata, migrateSetmaxdowntime, migrateGetmaxdowntime, migrateCompcache, migrateSetspeed, migrateGetspeed, migratePostcopy, numatune, qemuAttach, qemuMonitorCommand, qemuMonitorEvent, qemuAgentCommand, guestAgentTimeout, reboot, reset, restore, resume, save, saveImageDefine, saveImageDumpxml, saveImageEdit, schedinfo, screenshot, setLifecycleAction, setUserSshkeys, setUserPassword, setmaxmem, setmem, setvcpus, shutdown, start, suspend, ttyconsole, undefine, updateDevice, updateMemoryDevice, vcpucount, vcpuinfo, vcpupin, emulatorpin, vncdisplay, guestvcpus, setvcpu, domblkthreshold, guestinfo, domdirtyrateCalc, domFdAssociate] },
  { title: "Domain Monitoring", keyword: "monitor", commands: [domblkerror, domblkinfo, domblklist, domblkstat, domcontrol, domifGetlink, domifaddr, domiflist, domifstat, dominfo, dommemstat, domstate, domstats, domtime, list] },
  { title: "Domain Events", keyword: "events", commands: [event] },
  { title: "Host and Hypervisor", keyword: "host", commands: [allocpages, capabilities, cpuBaseline, cpuCompare, cpuModels, domcapabilities, freecell, freepages, hostname, hypervisorCpuBaseline, hypervisorCpuCompare, maxvcpus, nodeMemoryTune, nodecpumap, nodecpustats, nodeinfo, nodememstats, nodesevinfo, nodesuspend, sysinfo, uri, version] },
  { title: "Checkpoint", keyword: "checkpoint", commands: [checkpointCreate, checkpointCreateAs, checkpointDelete, checkpointDumpxml, checkpointEdit, checkpointInfo, checkpointList, checkpointParent] },
  { title: "Interface", keyword: "interface", commands: [ifaceBegin, ifaceBridge, ifaceCommit, ifaceDefine, ifaceDestroy, ifaceDumpxml, ifaceEdit, ifaceList, ifaceMac, ifaceName, ifaceRollback, ifaceStart, ifaceUnbridge, ifaceUndefine] },
  { title: "Network Filter", keyword: "filter", commands: [nwfilterDefine, nwfilterDumpxml, nwfilterEdit, nwfilterList, nwfilterUndefine, nwfilterBindingCreate, nwfilterBindingDelete, nwfilterBindingDumpxml, nwfilterBindingList] },
  { title: "Networking", keyword: "network", commands: [netAutostart, netCreate, netDefine, netDestroy, netDhcpLeases, netDumpxml, netEdit, netEvent, netInfo, netList, netName, netStart, netUndefine, netUpdate, netUuid, netPortList, netPortCreate, netPortDumpxml, netPortDelete] },
  { title: "Node Device", keyword: "nodedev", commands: [nodedevCreate, nodedevDestroy, nodedevDetach, nodedevDumpxml, nodedevList, nodedevReattach, nodedevReset, nodedevEvent, nodedevDefine, nodedevUndefine, nodedevStart, nodedevAutostart, nodedevInfo] },
  { title: "Secret", keyword: "secret", commands: [secretDefine, secretDumpxml, secretEvent, secretGetValue, secretList, secretSetValue, secretUndefine] },
  { title: "Snapshot", keyword: "snapshot", commands: [snapshotCreate, snapshotCreateAs, snapshotCurrent, snapshotDelete, snapshotDumpxml, snapshotEdit, snapshotInfo, snapshotList, snapshotParent, snapshotRevert] },
  { title: "Backup", keyword: "backup", commands: [backupBegin, backupDumpxml] },
  { title: "Storage Pool", keyword: "pool", commands: [findStoragePoolSourcesAs, findStoragePoolSources, poolAutostart, poolBuild, poolCreateAs, poolCreate, poolDefineAs, poolDefine, poolDelete, poolDestroy, poolDumpxml, poolEdit, poolInfo, poolList, poolName, poolRefresh, poolStart, poolUndefine, poolUuid, poolEvent, poolCapabilities] },
  { title: "Storage Volume", keyword: "volume", commands: [volClone, volCreateAs, volCreate, volCreateFrom, volDelete, volDownload, volDumpxml, volInfo, volKey, volList, volName, volPath, volPool, volResize, volUpload, volWipe] },
  { title: "Virsh itself", keyword: "virsh", commands: [cd, echo, exit, help, pwd, quit, connect] },
], { "nodedev-dettach": "nodedev-detach" });
