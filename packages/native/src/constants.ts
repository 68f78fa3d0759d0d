/** Readiness bits of `Poll` (uv_poll_event). HANGUP = the peer has shut down its writing side. */
export const READABLE = 1;
export const WRITABLE = 2;
export const HANGUP = 4;
/** Beside them: what follows comes soon, and is lingered for (`native.linger`). */
export const PROMPT = 16;

/** Flags of `pipe2`; node:fs has no O_CLOEXEC. The same on x86-64 and arm64. */
export const O_CLOEXEC = 0o2000000;
export const O_NONBLOCK = 0o4000;

/** Flags of `splice` and `tee`. */
export const SPLICE_F_NONBLOCK = 2;
export const SPLICE_F_MORE = 4;

/** "unlimited" for rlimits (RLIM_INFINITY). */
export const RLIM_INFINITY = 2n ** 64n - 1n;
