import { given, refuse } from './arguments.js';
import { ConnectionFailed, VideoSystemError, errorOf } from './errors.js';

const DEFAULT_URL = 'http://localhost:8000';
// 502 and 504 are a proxy's: what was asked for may have been done.
const NOT_DONE = new Set([429, 503]);
const RETRIED = new Set([...NOT_DONE, 502, 504]);
const LONGEST_PAUSE_S = 60;

const environment = typeof process === 'object' && process.env ? process.env : {};
export const sleep = (seconds, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, seconds * 1000);
  signal?.addEventListener('abort', () => { clearTimeout(timer); reject(signal.reason); }, { once: true });
});

/** Sends requests, again where that helps, and reads their answers. */
export class Connection {
  #apiKey;

  constructor(apiKey, { baseUrl, timeout, maxRetries, language, fetch }) {
    if (apiKey != null && typeof apiKey !== 'string') {
      throw new TypeError('the key is a string, and options come after it: new VideoSystemClient(key, { baseUrl })');
    }
    this.baseUrl = (baseUrl || environment.VIDEO_SYSTEM_BASE_URL || DEFAULT_URL).replace(/\/+$/, '');
    this.#apiKey = apiKey || environment.VIDEO_SYSTEM_API_KEY || '';
    this.timeout = timeout;
    this.maxRetries = maxRetries;
    this.language = language;
    this.fetch = fetch;
  }

  /** `data` of the good answer. */
  async data(method, path, options = {}) {
    const answer = await this.send(method, path, options);
    return answer.status === 204 ? null : (await answer.json()).data;
  }

  /** The good answer, after as many attempts as it takes and is allowed. */
  async send(method, path, options = {}) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.once(method, path, options);
      } catch (error) {
        const pause = this.#pause(error, attempt, options);
        if (pause === null) throw error;
        await sleep(pause, options.signal);
      }
    }
  }

  /** One attempt; `stream: true` sets no limit on how long the answer takes, `unknown` has to be empty. */
  async once(method, path, { query = {}, json, body, headers = {}, signal, unknown, stream = false } = {}) {
    refuse(unknown);
    const url = new URL(this.baseUrl + path);
    for (const [name, value] of Object.entries(given(query))) {
      for (const each of Array.isArray(value) ? value : [value]) url.searchParams.append(name, each);
    }
    const limit = AbortSignal.timeout(this.timeout * 1000);
    let answer;
    try {
      answer = await this.fetch(url, {
        method,
        headers: {
          'Accept-Language': this.language,
          ...(this.#apiKey ? { Authorization: `Bearer ${this.#apiKey}` } : {}),
          ...(json === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...headers,
        },
        body: json === undefined ? body : JSON.stringify(json),
        signal: stream ? signal : anyOf(signal, limit),
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ConnectionFailed(`${this.baseUrl} does not answer`, { cause: error });
    }
    if (!answer.ok) throw errorOf(answer.status, await answer.json().catch(() => null), answer.headers);
    return answer;
  }

  #pause(error, attempt, { isSafe = true, body, signal }) {
    if (!(error instanceof VideoSystemError) || attempt > this.maxRetries || body !== undefined || signal?.aborted) return null;
    const backOff = Math.min(8, 0.5 * 2 ** (attempt - 1)) * (0.8 + 0.4 * Math.random());
    if (error instanceof ConnectionFailed) return isSafe ? backOff : null;
    if (!(isSafe ? RETRIED : NOT_DONE).has(error.status)) return null;
    if (error.retryAfter === null) return backOff;
    return error.retryAfter <= LONGEST_PAUSE_S ? error.retryAfter : null;
  }
}

function anyOf(signal, limit) {
  if (!signal) return limit;
  const both = new AbortController();
  for (const each of [signal, limit]) {
    if (each.aborted) both.abort(each.reason);
    each.addEventListener('abort', () => both.abort(each.reason), { once: true });
  }
  return both.signal;
}
