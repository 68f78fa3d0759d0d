/**
 * Processor models, older ones before newer ones; a line that begins with a blank continues the one before.
 *
 *     NAME USES VENDOR SIGNATURES BASE +feature -feature ~feature
 *     NAME =MODEL
 *
 * USES: `h` may describe a host, `g` may describe a guest, `c` a partial check compares features itself, `v` its
 * `vmx-*` features are younger than the model, and are listed beside it.
 * SIGNATURES: `family/model[/stepping[-stepping]]`, by comma. The features are those of BASE, an earlier model, with
 * (`+`) and without (`-`) some; `~` were part of the model once. `-` stands for nothing.
 * `=MODEL`: what QEMU calls MODEL when it counts versions; it may describe a host only.
 */
export const modelTable = `
486 hgc - - - +fpu +vme +pse
486-v1 =486
pentium hgc - - 486 +de +tsc +msr +mce +cx8 +mmx
pentium-v1 =pentium
pentium2 hgc - - pentium +pae +sep +mtrr +pge +mca +cmov +pat +pse36 +fxsr
pentium2-v1 =pentium2
pentium3 hgc - - pentium2 +sse
pentium3-v1 =pentium3
pentiumpro hgc - - pentium3 +apic +sse2 -vme -mtrr -mca -pse36
coreduo hgcv Intel - pentium3 +pni +monitor +apic +clflush +sse2 +nx +vmx-activity-hlt +vmx-intr-exit
    +vmx-nmi-exit +vmx-vintr-pending +vmx-tsc-offset +vmx-hlt-exit +vmx-invlpg-exit +vmx-mwait-exit
    +vmx-rdpmc-exit +vmx-rdtsc-exit +vmx-movdr-exit +vmx-io-exit +vmx-io-bitmap +vmx-msr-bitmap
    +vmx-monitor-exit +vmx-pause-exit +vmx-exit-ack-intr +vmx-entry-ia32e-mode -pse36
coreduo-v1 =coreduo
n270 hgc Intel - pentium3 +pni +monitor +ssse3 +apic +clflush +sse2 +nx -pse36
n270-v1 =n270
core2duo hgcv Intel - coreduo +ssse3 +pse36 +syscall +lm +vmx-ins-outs +vmx-apicv-xapic +vmx-vnmi
    +vmx-cr8-load-exit +vmx-cr8-store-exit +vmx-flexpriority +vmx-vnmi-pending +vmx-secondary-ctls
core2duo-v1 =core2duo
qemu32 hgc - - pentiumpro +pni
qemu32-v1 =qemu32
kvm32 hgcv - - coreduo +pse36 -monitor -vme -nx
kvm32-v1 =kvm32
cpu64-rhel5 c - - n270 +pse36 +syscall +lm -monitor -ssse3 -vme
cpu64-rhel6 c - - cpu64-rhel5 +cx16 +lahf_lm
qemu64 hgc - - cpu64-rhel5 +cx16 +svm
qemu64-v1 =qemu64
kvm64 hgcv - - kvm32 +cx16 +syscall +nx +lm +vmx-cr8-load-exit +vmx-cr8-store-exit +vmx-flexpriority
    -vmx-msr-bitmap
kvm64-v1 =kvm64
Conroe hgcv Intel 6/15,6/22 core2duo +lahf_lm -monitor -vme
Conroe-v1 =Conroe
Penryn hgcv Intel 6/23,6/29 Conroe +cx16 +sse4.1 +vmx-wbinvd-exit +vmx-exit-load-perf-global-ctrl
    +vmx-entry-load-perf-global-ctrl
Penryn-v1 =Penryn
Nehalem hgcv Intel 6/26,6/30,6/31,6/46 Penryn +sse4.2 +popcnt +vmx-true-ctls +vmx-ept +vmx-desc-exit
    +vmx-rdtscp-exit +vmx-apicv-x2apic +vmx-vpid +vmx-ept-execonly +vmx-page-walk-4 +vmx-ept-2mb +vmx-ept-1gb
    +vmx-invept +vmx-invept-single-context +vmx-invept-all-context +vmx-invvpid +vmx-invvpid-single-addr
    +vmx-invvpid-all-context +vmx-invvpid-single-context-noglobals +vmx-preemption-timer +vmx-cr3-load-noexit
    +vmx-cr3-store-noexit +vmx-mtf +vmx-exit-nosave-debugctl +vmx-exit-save-pat +vmx-exit-load-pat
    +vmx-exit-save-efer +vmx-exit-load-efer +vmx-exit-save-preemption-timer +vmx-entry-noload-debugctl
    +vmx-entry-load-pat +vmx-entry-load-efer
Nehalem-IBRS hgcv Intel 6/26,6/30,6/31,6/46 Nehalem +spec-ctrl
Nehalem-v1 =Nehalem
Nehalem-v2 =Nehalem-IBRS
Westmere hgcv Intel 6/44,6/47,6/37 Nehalem +aes +vmx-store-lma +vmx-unrestricted-guest
Westmere-IBRS hgcv Intel 6/44 Westmere +spec-ctrl
Westmere-v1 =Westmere
Westmere-v2 =Westmere-IBRS
SandyBridge hgcv Intel 6/42,6/45 Westmere +pclmuldq +x2apic +tsc-deadline +xsave +avx +rdtscp
SandyBridge-IBRS hgcv Intel 6/42,6/45 SandyBridge +spec-ctrl
SandyBridge-v1 =SandyBridge
SandyBridge-v2 =SandyBridge-IBRS
IvyBridge hgcv Intel 6/58,6/62 SandyBridge +f16c +rdrand +vme +fsgsbase +smep +erms +vmx-apicv-register
    +vmx-apicv-vid +vmx-rdrand-exit +vmx-posted-intr
IvyBridge-IBRS hgcv Intel 6/58,6/62 IvyBridge +spec-ctrl
IvyBridge-v1 =IvyBridge
IvyBridge-v2 =IvyBridge-IBRS
Haswell-noTSX hgcv Intel 6/60,6/63,6/69,6/70 IvyBridge +fma +pcid +movbe +bmi1 +avx2 +bmi2 +invpcid
    +vmx-vmwrite-vmexit-fields +vmx-invpcid-exit +vmx-vmfunc +vmx-shadow-vmcs +vmx-eptad +vmx-eptp-switching
    -f16c -rdrand -vme
Haswell-noTSX-IBRS hgcv Intel 6/60,6/63,6/69,6/70 Haswell-noTSX +spec-ctrl
Haswell hgcv Intel 6/60,6/63,6/69,6/70 Haswell-noTSX +hle +rtm
Haswell-IBRS hgcv Intel 6/60,6/63,6/69,6/70 Haswell +spec-ctrl
Haswell-v1 =Haswell
Haswell-v2 =Haswell-noTSX
Haswell-v3 =Haswell-IBRS
Haswell-v4 =Haswell-noTSX-IBRS
Broadwell-noTSX hgcv Intel 6/61,6/71,6/79,6/86 Haswell-noTSX +rdseed +adx +smap +3dnowprefetch +vmx-rdseed-exit
    +vmx-pml
Broadwell-noTSX-IBRS hgcv Intel 6/61,6/71,6/79,6/86 Broadwell-noTSX +spec-ctrl
Broadwell hgcv Intel 6/61,6/71,6/79,6/86 Broadwell-noTSX +hle +rtm
Broadwell-IBRS hgcv Intel 6/61,6/71,6/79,6/86 Broadwell +spec-ctrl
Broadwell-v1 =Broadwell
Broadwell-v2 =Broadwell-noTSX
Broadwell-v3 =Broadwell-IBRS
Broadwell-v4 =Broadwell-noTSX-IBRS
Skylake-Client hgcv Intel 6/94,6/78,6/142,6/158 Broadwell +f16c +rdrand +vme +arat +xsaveopt +xsavec +xgetbv1
    +abm -vmx-apicv-x2apic -vmx-apicv-register -vmx-apicv-vid -vmx-posted-intr ~mpx
Skylake-Client-IBRS hgcv Intel 6/94,6/78,6/142,6/158 Skylake-Client +spec-ctrl ~mpx
Skylake-Client-noTSX-IBRS hcv Intel 6/94,6/78,6/142,6/158 Skylake-Client-IBRS +vmx-xsaves -hle -rtm ~mpx
Skylake-Client-v1 =Skylake-Client
Skylake-Client-v2 =Skylake-Client-IBRS
Skylake-Client-v3 =Skylake-Client-noTSX-IBRS
Skylake-Client-v4 h Intel 6/94,6/78,6/142,6/158 Skylake-Client-noTSX-IBRS +xsaves -vmx-invvpid
Skylake-Server hgcv Intel 6/85/0-4 Skylake-Client +avx512f +avx512dq +clwb +avx512cd +avx512bw +avx512vl
    +pdpe1gb +vmx-apicv-x2apic +vmx-apicv-register +vmx-apicv-vid +vmx-posted-intr -vmx-eptp-switching ~mpx
Skylake-Server-IBRS hgcv Intel 6/85/0-4 Skylake-Server +spec-ctrl ~mpx
Skylake-Server-noTSX-IBRS hcv Intel 6/85/0-4 Skylake-Server-IBRS +vmx-xsaves +vmx-eptp-switching -hle -rtm ~mpx
Skylake-Server-v1 =Skylake-Server
Skylake-Server-v2 =Skylake-Server-IBRS
Skylake-Server-v3 =Skylake-Server-noTSX-IBRS
Skylake-Server-v4 h Intel 6/85/0-4 Skylake-Server-noTSX-IBRS +pku -vmx-xsaves -vmx-invvpid
Skylake-Server-v5 h Intel 6/85/0-4 Skylake-Server-v4 +xsaves +vmx-xsaves
Cascadelake-Server hgcv Intel 6/85/5-7 Skylake-Server-IBRS +clflushopt +avx512vnni +ssbd ~mpx
Cascadelake-Server-noTSX hcv Intel 6/85/5-7 Skylake-Server-noTSX-IBRS +clflushopt +avx512vnni +ssbd ~mpx
Cascadelake-Server-v1 =Cascadelake-Server
Cascadelake-Server-v2 h Intel 6/85/5-7 Cascadelake-Server +pku +arch-capabilities +rdctl-no +ibrs-all
    +skip-l1dfl-vmentry +mds-no -vmx-invvpid
Cascadelake-Server-v3 =Cascadelake-Server-noTSX
Cascadelake-Server-v4 h Intel 6/85/5-7 Cascadelake-Server-v2 +vmx-eptp-switching -hle -rtm
Cascadelake-Server-v5 h Intel 6/85/5-7 Cascadelake-Server-v4 +xsaves +vmx-xsaves
Icelake-Client hgc Intel 6/126 cpu64-rhel6 +pclmuldq +ssse3 +fma +pcid +sse4.1 +sse4.2 +x2apic +movbe +popcnt
    +tsc-deadline +aes +xsave +avx +f16c +rdrand +vme +arat +fsgsbase +bmi1 +hle +avx2 +smep +bmi2 +erms
    +invpcid +rtm +mpx +rdseed +adx +smap +avx512vbmi +umip +pku +avx512vbmi2 +gfni +vaes +vpclmulqdq
    +avx512vnni +avx512bitalg +avx512-vpopcntdq +spec-ctrl +ssbd +xsaveopt +xsavec +xgetbv1 +abm +3dnowprefetch
    +rdtscp +wbnoinvd ~intel-pt
Icelake-Client-noTSX hc Intel 6/126 Icelake-Client -hle -rtm ~intel-pt
Icelake-Server hgcv Intel 6/106 Cascadelake-Server +avx512vbmi +umip +pku +avx512vbmi2 +gfni +vaes +vpclmulqdq
    +avx512bitalg +avx512-vpopcntdq +la57 +wbnoinvd -vmx-rdseed-exit -vmx-pml ~intel-pt ~mpx
Icelake-Server-noTSX hcv Intel 6/106 Icelake-Server +vmx-rdseed-exit +vmx-pml +vmx-xsaves +vmx-page-walk-5
    +vmx-eptp-switching -hle -rtm ~intel-pt ~mpx
Icelake-Server-v1 =Icelake-Server
Icelake-Server-v2 =Icelake-Server-noTSX
Icelake-Server-v3 h Intel 6/106 Icelake-Server +arch-capabilities +rdctl-no +ibrs-all +skip-l1dfl-vmentry
    +mds-no +pschange-mc-no +taa-no -hle -rtm -vmx-invvpid
Icelake-Server-v4 h Intel 6/106 Icelake-Server-v3 +avx512ifma +sha-ni +rdpid +fsrm +vmx-rdseed-exit +vmx-pml
    +vmx-eptp-switching
Icelake-Server-v5 h Intel 6/106 Icelake-Server-v4 +xsaves +vmx-xsaves
Icelake-Server-v6 h Intel 6/106 Icelake-Server-v5 +vmx-page-walk-5
Icelake-Server-v7 h Intel 6/106 Icelake-Server-v6 +hle +rtm
Cooperlake hgcv Intel 6/85/10-11 Cascadelake-Server-v2 +stibp +avx512-bf16 +pschange-mc-no +taa-no +vmx-xsaves
    +vmx-invvpid +vmx-eptp-switching
Cooperlake-v1 =Cooperlake
Cooperlake-v2 h Intel 6/85/10-11 Cooperlake +xsaves -vmx-invvpid
Snowridge hgcv Intel 6/134 Cascadelake-Server-noTSX +sha-ni +umip +gfni +cldemote +movdiri +movdir64b
    +arch-capabilities +core-capability +split-lock-detect -fma -pcid -avx -f16c -bmi1 -avx2 -bmi2 -invpcid
    -avx512f -avx512dq -adx -avx512cd -avx512bw -avx512vl -avx512vnni -abm
Snowridge-v1 =Snowridge
Snowridge-v2 h Intel 6/134 Snowridge -vmx-xsaves -vmx-invvpid
Snowridge-v3 h Intel 6/134 Snowridge-v2 +xsaves +vmx-xsaves
Snowridge-v4 h Intel 6/134 Snowridge-v3 -core-capability -split-lock-detect
SapphireRapids hgcv Intel 6/143 Icelake-Server-v7 +bus-lock-detect +serialize +tsx-ldtrk +amx-bf16 +avx512-fp16
    +amx-tile +amx-int8 +avx-vnni +avx512-bf16 +fzrm +fsrs +fsrc +xfd +vmx-invvpid
SapphireRapids-v1 =SapphireRapids
SapphireRapids-v2 h Intel 6/143 SapphireRapids +sbdr-ssdp-no +fbsdp-no +psdp-no -vmx-invvpid
SapphireRapids-v3 h Intel 6/143 SapphireRapids-v2 +ss +tsc_adjust +cldemote +movdiri +movdir64b
GraniteRapids hgc Intel 6/173 SapphireRapids-v2 +amx-fp16 +prefetchiti +mcdt-no +pbrsb-no +vmx-invvpid
GraniteRapids-v1 =GraniteRapids
GraniteRapids-v2 h Intel 6/173 SapphireRapids-v3 +amx-fp16 +prefetchiti +avx10 +mcdt-no +avx10-128 +avx10-256
    +avx10-512 +pbrsb-no
SierraForest hgc Intel 6/175 Icelake-Server-v5 +bus-lock-detect +serialize +avx-vnni +cmpccxadd +fsrs +avx-ifma
    +avx-vnni-int8 +avx-ne-convert +mcdt-no +sbdr-ssdp-no +fbsdp-no +psdp-no +pbrsb-no +vmx-invvpid -avx512f
    -avx512dq -avx512ifma -avx512cd -avx512bw -avx512vl -avx512vbmi -avx512vbmi2 -avx512vnni -avx512bitalg
    -avx512-vpopcntdq -la57 -taa-no
SierraForest-v1 =SierraForest
Denverton hg Intel 6/95 Snowridge-v2 +mpx +rdctl-no +skip-l1dfl-vmentry -clwb -umip -gfni -cldemote -movdiri
    -movdir64b -core-capability -split-lock-detect
Denverton-v1 =Denverton
Denverton-v2 h Intel 6/95 Denverton -mpx
Denverton-v3 h Intel 6/95 Denverton-v2 +xsaves +vmx-xsaves
KnightsMill hg Intel 6/133 Icelake-Client-noTSX +ss +avx512f +avx512pf +avx512er +avx512cd +avx512-4vnniw
    +avx512-4fmaps +pdpe1gb -pcid -invpcid -mpx -smap -avx512vbmi -umip -pku -avx512vbmi2 -gfni -vaes
    -vpclmulqdq -avx512vnni -avx512bitalg -spec-ctrl -ssbd -xsavec -xgetbv1 -wbnoinvd
KnightsMill-v1 =KnightsMill
athlon hgc AMD - pentium3 +apic +sse2 +mmxext +3dnowext +3dnow -mca
athlon-v1 =athlon
phenom hgc AMD - cpu64-rhel5 +monitor +svm +mmxext +fxsr_opt +3dnowext +3dnow
phenom-v1 =phenom
Opteron_G1 hgc AMD 15/6 cpu64-rhel5
Opteron_G1-v1 =Opteron_G1
Opteron_G2 hgc AMD 15/6 cpu64-rhel6 +svm +rdtscp
Opteron_G2-v1 =Opteron_G2
Opteron_G3 hgc AMD 15/6 Opteron_G2 +popcnt +abm +sse4a +misalignsse ~monitor
Opteron_G3-v1 =Opteron_G3
Opteron_G4 hgc AMD 21/1 Opteron_G3 +pclmuldq +ssse3 +sse4.1 +sse4.2 +aes +xsave +avx +3dnowprefetch +xop +fma4
    +pdpe1gb
Opteron_G4-v1 =Opteron_G4
Opteron_G5 hgc AMD 21/2 Opteron_G4 +fma +f16c +tbm
Opteron_G5-v1 =Opteron_G5
EPYC hgc AMD 23/1 KnightsMill +smap +clflushopt +sha-ni +xsavec +xgetbv1 +svm +cr8legacy +sse4a +misalignsse
    +osvw +mmxext +fxsr_opt -x2apic -tsc-deadline -ss -erms -avx512f -avx512pf -avx512er -avx512cd
    -avx512-vpopcntdq -avx512-4vnniw -avx512-4fmaps ~monitor
EPYC-IBPB hgc AMD 23/1 EPYC +ibpb ~monitor
EPYC-v1 =EPYC
EPYC-v2 =EPYC-IBPB
EPYC-v3 h AMD 23/1 EPYC-IBPB +xsaves +perfctr_core +clzero +xsaveerptr +npt +nrip-save
EPYC-v4 h AMD 23/1 EPYC-v3
EPYC-Rome hgc AMD 23/49 EPYC-v4 +clwb +umip +rdpid +wbnoinvd +amd-stibp -xsaves
EPYC-Rome-v1 =EPYC-Rome
EPYC-Rome-v2 h AMD 23/49 EPYC-Rome +xsaves +ibrs +amd-ssbd
EPYC-Rome-v3 h AMD 23/49 EPYC-Rome-v2
EPYC-Rome-v4 h AMD 23/49 EPYC-Rome-v3 -xsaves
EPYC-Milan hgc AMD 25/1 EPYC-Rome-v3 +pcid +erms +invpcid +pku +fsrm +svme-addr-chk
EPYC-Milan-v1 =EPYC-Milan
EPYC-Milan-v2 h AMD 25/1 EPYC-Milan +vaes +vpclmulqdq +stibp-always-on +amd-psfd +no-nested-data-bp
    +lfence-always-serializing +null-sel-clr-base
EPYC-Genoa hgc AMD 25/17 EPYC-Milan-v2 +avx512f +avx512dq +avx512ifma +avx512cd +avx512bw +avx512vl +avx512vbmi
    +avx512vbmi2 +gfni +avx512vnni +avx512bitalg +avx512-vpopcntdq +la57 +avx512-bf16 +vnmi +auto-ibrs
EPYC-Genoa-v1 =EPYC-Genoa
Dhyana hgc Hygon 24/0 EPYC-IBPB -pclmuldq -aes -sha-ni ~monitor
Dhyana-v1 =Dhyana
Dhyana-v2 h Hygon 24/0 Dhyana +xsaves +npt +nrip-save
`;
