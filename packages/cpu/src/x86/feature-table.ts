/**
 * Names of feature bits, register by register: CPUID `leaf[:subleaf] register` or `msr index register`, numbers in
 * hexadecimal. Names stand for bits 0, 1, 2...; `.` skips one, `@n` goes on at bit n. `a=b`: QEMU calls feature a
 * `b`. `!`: a guest with it cannot migrate. The order of all names is the order features are listed in.
 */
export const featureTable: readonly (readonly [register: string, names: string])[] = [
  [
    "1 ecx",
    "pni pclmuldq=pclmulqdq dtes64 monitor ds_cpl=ds-cpl vmx smx est tm2 ssse3 cid . fma cx16 xtpr pdcm . pcid dca sse4.1 sse4.2 x2apic movbe popcnt tsc-deadline aes xsave osxsave avx f16c rdrand hypervisor",
  ],
  [
    "1 edx",
    "fpu vme de pse tsc msr pae mce cx8 apic . sep mtrr pge mca cmov pat pse36 pn clflush . ds acpi mmx fxsr sse sse2 ss ht tm ia64 pbe",
  ],
  ["6 eax", "@2 arat"],
  [
    "7:0 ebx",
    "fsgsbase tsc_adjust=tsc-adjust sgx bmi1 hle avx2 fdp-excptn-only smep bmi2 erms invpcid rtm cmt zero-fcs-fds mpx . avx512f avx512dq rdseed adx smap avx512ifma pcommit clflushopt clwb intel-pt avx512pf avx512er avx512cd sha-ni avx512bw avx512vl",
  ],
  [
    "7:0 ecx",
    ". avx512vbmi umip pku ospke waitpkg avx512vbmi2 . gfni vaes vpclmulqdq avx512vnni avx512bitalg . avx512-vpopcntdq . la57 @22 rdpid . bus-lock-detect cldemote . movdiri movdir64b . sgxlc pks",
  ],
  [
    "7:0 edx",
    "@2 avx512-4vnniw avx512-4fmaps fsrm @8 avx512-vp2intersect . md-clear @14 serialize . tsx-ldtrk . pconfig arch-lbr @22 amx-bf16 avx512-fp16 amx-tile amx-int8 spec-ctrl stibp flush-l1d arch-capabilities core-capability ssbd",
  ],
  [
    "7:1 eax",
    "sha512 sm3 sm4 . avx-vnni avx512-bf16 . cmpccxadd @10 fzrm fsrs fsrc @17 fred lkgs wrmsrns . amx-fp16 . avx-ifma @26 lam",
  ],
  ["7:1 edx", "@4 avx-vnni-int8 avx-ne-convert @8 amx-complex . avx-vnni-int16 @14 prefetchiti @19 avx10"],
  ["7:2 edx", "intel-psfd ipred-ctrl rrsba-ctrl ddpd-u bhi-ctrl mcdt-no"],
  ["d:1 eax", "xsaveopt xsavec xgetbv1 xsaves! xfd"],
  ["f:1 edx", ". mbm_total mbm_local"],
  ["12:0 eax", "sgx1 sgx2 @11 sgx-edeccssa"],
  ["12:0 ebx", "sgx-exinfo"],
  ["12:1 eax", ". sgx-debug sgx-mode64 . sgx-provisionkey sgx-tokenkey . sgx-kss @10 sgx-aex-notify"],
  ["14:0 ecx", "@31 intel-pt-lip"],
  ["24:0 ebx", "@16 avx10-128 avx10-256 avx10-512"],
  [
    "80000001 ecx",
    "lahf_lm=lahf-lm cmp_legacy=cmp-legacy svm extapic cr8legacy abm sse4a misalignsse 3dnowprefetch osvw ibs xop skinit wdt . lwp fma4 tce cvt16 nodeid_msr=nodeid-msr . tbm topoext perfctr_core=perfctr-core perfctr_nb=perfctr-nb",
  ],
  ["80000001 edx", "@11 syscall @20 nx . mmxext @25 fxsr_opt=fxsr-opt pdpe1gb rdtscp . lm 3dnowext 3dnow"],
  ["80000007 ebx", "overflow-recov succor"],
  ["80000007 edx", "@8 invtsc!"],
  [
    "80000008 ebx",
    "clzero . xsaveerptr @9 wbnoinvd @12 ibpb . ibrs amd-stibp . stibp-always-on @24 amd-ssbd virt-ssbd amd-no-ssb . amd-psfd",
  ],
  [
    "8000000a edx",
    "npt lbrv svm-lock nrip-save tsc-scale vmcb-clean flushbyasid decodeassists @10 pause-filter . pfthreshold avic . v-vmsave-vmload vgif @25 vnmi @28 svme-addr-chk",
  ],
  [
    "80000021 eax",
    "no-nested-data-bp . lfence-always-serializing @6 null-sel-clr-base . auto-ibrs @24 eraps @27 sbpb ibpb-brtype srso-no srso-user-kernel-no",
  ],
  ["80000022 eax", "perfmon-v2"],
  ["msr cf eax", "@5 split-lock-detect"],
  [
    "msr 10a eax",
    "rdctl-no ibrs-all rsba skip-l1dfl-vmentry ssb-no mds-no pschange-mc-no tsx-ctrl taa-no @13 sbdr-ssdp-no fbsdp-no psdp-no . fb-clear @24 pbrsb-no . gds-no rfds-no rfds-clear",
  ],
  ["msr 480 edx", "@22 vmx-ins-outs vmx-true-ctls vmx-any-errcode . vmx-nested-exception"],
  [
    "msr 485 eax",
    "@5 vmx-store-lma vmx-activity-hlt vmx-activity-shutdown vmx-activity-wait-sipi @29 vmx-vmwrite-vmexit-fields vmx-zero-len-inject",
  ],
  [
    "msr 48b eax",
    "vmx-apicv-xapic vmx-ept vmx-desc-exit vmx-rdtscp-exit vmx-apicv-x2apic vmx-vpid vmx-wbinvd-exit vmx-unrestricted-guest vmx-apicv-register vmx-apicv-vid vmx-ple vmx-rdrand-exit vmx-invpcid-exit vmx-vmfunc vmx-shadow-vmcs vmx-encls-exit vmx-rdseed-exit vmx-pml @20 vmx-xsaves @25 vmx-tsc-scaling vmx-enable-user-wait-pause",
  ],
  [
    "msr 48c eax",
    "vmx-ept-execonly @6 vmx-page-walk-4 vmx-page-walk-5 vmx-ept-uc @14 vmx-ept-wb . vmx-ept-2mb vmx-ept-1gb @20 vmx-invept vmx-eptad vmx-ept-advanced-exitinfo @25 vmx-invept-single-context vmx-invept-all-context",
  ],
  [
    "msr 48c edx",
    "vmx-invvpid @8 vmx-invvpid-single-addr vmx-invvpid-single-context vmx-invvpid-all-context vmx-invvpid-single-context-noglobals=vmx-invept-single-context-noglobals",
  ],
  ["msr 48d eax", "vmx-intr-exit @3 vmx-nmi-exit . vmx-vnmi vmx-preemption-timer vmx-posted-intr"],
  [
    "msr 48e eax",
    "@2 vmx-vintr-pending vmx-tsc-offset @7 vmx-hlt-exit . vmx-invlpg-exit vmx-mwait-exit vmx-rdpmc-exit vmx-rdtsc-exit @15 vmx-cr3-load-noexit vmx-cr3-store-noexit @19 vmx-cr8-load-exit vmx-cr8-store-exit vmx-flexpriority vmx-vnmi-pending vmx-movdr-exit vmx-io-exit vmx-io-bitmap . vmx-mtf vmx-msr-bitmap vmx-monitor-exit vmx-pause-exit vmx-secondary-ctls",
  ],
  [
    "msr 48f eax",
    "@2 vmx-exit-nosave-debugctl @12 vmx-exit-load-perf-global-ctrl @15 vmx-exit-ack-intr @18 vmx-exit-save-pat vmx-exit-load-pat vmx-exit-save-efer vmx-exit-load-efer vmx-exit-save-preemption-timer vmx-exit-clear-bndcfgs . vmx-exit-clear-rtit-ctl @29 vmx-exit-load-pkrs . vmx-exit-secondary-ctls",
  ],
  [
    "msr 490 eax",
    "@2 vmx-entry-noload-debugctl @9 vmx-entry-ia32e-mode @13 vmx-entry-load-perf-global-ctrl vmx-entry-load-pat vmx-entry-load-efer vmx-entry-load-bndcfgs . vmx-entry-load-rtit-ctl @22 vmx-entry-load-pkrs vmx-entry-load-fred",
  ],
  ["msr 491 eax", "vmx-eptp-switching"],
];
