import type { Cputune, DomainDef } from "@libvirt-ts/conf/domain";

/** The tuning of processors in a definition, made if there is none. */
export function cputuneOf(def: DomainDef): Cputune {
  def.cputune ??= {
    vcpupins: [],
    iothreadpins: [],
    vcpuscheds: [],
    iothreadscheds: [],
    cachetunes: [],
    memorytunes: [],
  };
  return def.cputune;
}
