import { webCrypto } from './crypto.js';
import { WebhookInvalid } from './errors.js';

const TOLERANCE_S = 300;

const bytesOf = (base64) => Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));

/**
 * The message of a webhook, once its signature is proven.
 * Source: the Standard Webhooks specification.
 */
export async function verifyWebhook(body, headers, secret) {
  const given = new Map([...(headers.entries?.() ?? Object.entries(headers))].map(([name, value]) => [name.toLowerCase(), value]));
  const [id, sent, signatures] = ['id', 'timestamp', 'signature'].map((name) => given.get(`webhook-${name}`) || '');
  if (!id || !/^\d+$/.test(sent) || !signatures) {
    throw new WebhookInvalid('the headers webhook-id, webhook-timestamp and webhook-signature are needed');
  }
  if (Math.abs(Date.now() / 1000 - Number(sent)) > TOLERANCE_S) throw new WebhookInvalid('the message is too old');
  let raw;
  try {
    raw = bytesOf(secret.replace(/^whsec_/, ''));
  } catch (cause) {
    throw new WebhookInvalid("the secret is not one of the service's", { cause });
  }
  if (!raw.length) throw new WebhookInvalid('there is no secret: anybody could sign with an empty one');
  const key = await webCrypto.subtle.importKey('raw', raw, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
  const message = new TextEncoder().encode(`${id}.${sent}.${body}`);
  for (const signature of signatures.split(' ')) {
    const [version, text] = signature.split(',');
    if (version !== 'v1' || !text) continue;
    try {
      if (await webCrypto.subtle.verify('HMAC', key, bytesOf(text), message)) return JSON.parse(body);
    } catch {
      // No base64: no signature of ours.
    }
  }
  throw new WebhookInvalid('the signature is wrong');
}
