// Browsers and Node from 19 on have it as a global; Node 18 does not.
export const webCrypto = globalThis.crypto ?? (await import('node:crypto')).webcrypto;
