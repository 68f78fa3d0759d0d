/** Bytes of a typed parameter's name, with its final NUL. */
export const TYPED_PARAM_FIELD_LENGTH = 80;
/** Bytes of a uuid, and of its text with the final NUL. */
export const UUID_BUFLEN = 16;
export const UUID_STRING_BUFLEN = 37;
/** Bytes with the final NUL. */
export const SECURITY_LABEL_BUFLEN = 4097;
export const SECURITY_MODEL_BUFLEN = 257;
export const SECURITY_DOI_BUFLEN = 257;
/** KiB that stand for "no limit" in memory parameters. */
export const DOMAIN_MEMORY_PARAM_UNLIMITED = 9_007_199_254_740_991n;
/** The most keys pressed at once. */
export const DOMAIN_SEND_KEY_MAX_KEYS = 16;
