import { given, merged, needed, refuse } from './arguments.js';
import { Connection, sleep } from './connection.js';
import { webCrypto } from './crypto.js';
import { ReviewNeeded, VideoFailed, WaitTimeout } from './errors.js';
import { eventsOf } from './events.js';

export * from './errors.js';
export { verifyWebhook } from './webhooks.js';

const OVER = new Set(['completed', 'failed', 'cancelled']);

/** A text as a part of a path; without one the path would be that of everything. */
const seg = (text) => {
  if (typeof text !== 'string' || /^\.*$/.test(text)) throw new TypeError(`an id or a name is needed here, not ${JSON.stringify(text)}`);
  return encodeURIComponent(text);
};
const path = (text) => seg(text).replaceAll('%2F', '/');

/** The body that a brief describes; a key that is not known here goes to the service, which knows or refuses it. */
function bodyOf({ webhookUrl, ...brief }) {
  if (brief.title == null && brief.trend == null) throw new TypeError('missing: title, or a trend instead');
  return given(merged(brief, { webhook_url: webhookUrl }));
}

/** Talks to one service with one API key (or access token). Answers have the keys that the service gives them. */
export class VideoSystemClient {
  #connection;

  constructor(apiKey, { baseUrl, timeout = 30, maxRetries = 2, language = 'zh-TW', fetch = (...args) => globalThis.fetch(...args), ...unknown } = {}) {
    refuse(unknown);
    this.#connection = new Connection(apiKey, { baseUrl, timeout, maxRetries, language, fetch });
  }

  /**
   * Make a video; `wait` tells when it is done. `settings` are the service's own: duration, resolution, format; the first
   * two may stand beside them instead.
   */
  generateVideo({ title, settings, duration, resolution, idempotencyKey, signal, ...order } = {}) {
    needed({ title });
    const together = merged(settings, { duration, resolution });
    const json = given({ title, ...order, settings: Object.keys(together).length ? together : undefined });
    return this.#create('/video/generate', json, { idempotencyKey, signal });
  }

  /** How far a video is. */
  getTask(taskId, { signal, ...unknown } = {}) {
    return this.#connection.data('GET', `/video/task/${seg(taskId)}`, { signal, unknown });
  }

  /**
   * Wait until a video is done. Throws VideoFailed when it failed or was cancelled, WaitTimeout when it is not done after
   * `timeout` seconds, and ReviewNeeded when its script waits for `approveScript`; with `throughReview`, where somebody
   * else approves it, waiting goes on.
   */
  async wait(taskId, { timeout = 3600, every = 2, throughReview = false, onProgress, signal, ...unknown } = {}) {
    const deadline = performance.now() + timeout * 1000;
    let seen = '';
    for (;;) {
      const task = await this.getTask(taskId, { signal, ...unknown });
      if (onProgress && JSON.stringify(task) !== seen) onProgress(task);
      seen = JSON.stringify(task);
      if (task.status === 'completed') return task;
      const code = task.status.toUpperCase();
      if (OVER.has(task.status)) throw new VideoFailed(`the video ${taskId} is ${task.status}`, { code });
      if (task.status === 'awaiting_review' && !throughReview) throw new ReviewNeeded(`the script of ${taskId} waits for approveScript`, { code });
      const left = (deadline - performance.now()) / 1000;
      if (left <= 0) throw new WaitTimeout(`the video ${taskId} is ${task.status} after ${timeout} s`, { code: 'TIMEOUT' });
      await sleep(Math.min(every, left), signal);
    }
  }

  /**
   * Make a video out of a full brief. With `review` it waits for `approveScript` once its script is written;
   * `webhookUrl` is told what happens to this video, beside the account's webhooks.
   */
  createVideo({ idempotencyKey, signal, ...brief } = {}) {
    return this.#create('/videos', bodyOf(brief), { idempotencyKey, signal });
  }

  /** How long a video would take and what it would cost; nothing is made. */
  estimateVideo({ signal, ...brief } = {}) {
    return this.#connection.data('POST', '/videos/estimate', { json: bodyOf(brief), signal });
  }

  /** The account's videos, newest first. */
  listVideos({ limit, cursor, status, template, q, createdAfter, createdBefore, signal, ...unknown } = {}) {
    const query = { limit, cursor, status, template, q, created_after: createdAfter, created_before: createdBefore };
    return this.#connection.data('GET', '/videos', { query, signal, unknown });
  }

  /** One video, with how far it is. */
  getVideo(videoId, { signal, ...unknown } = {}) {
    return this.#connection.data('GET', `/videos/${seg(videoId)}`, { signal, unknown });
  }

  /** Change how the video is called and found; what is in it stays. */
  changeVideo(videoId, { title, tags, signal, ...unknown } = {}) {
    return this.#connection.data('PATCH', `/videos/${seg(videoId)}`, { json: given({ title, tags }), signal, unknown });
  }

  /** Remove the video with its files. */
  removeVideo(videoId, { signal, ...unknown } = {}) {
    return this.#connection.data('DELETE', `/videos/${seg(videoId)}`, { signal, unknown });
  }

  /** End a video that waits or is being made. */
  cancelVideo(videoId, { signal, ...unknown } = {}) {
    return this.#connection.data('POST', `/videos/${seg(videoId)}/cancel`, { signal, unknown, isSafe: false });
  }

  /** Go on with a video that failed or was cancelled; finished stages are not done again. */
  retryVideo(videoId, { signal, ...unknown } = {}) {
    return this.#connection.data('POST', `/videos/${seg(videoId)}/retry`, { signal, unknown, isSafe: false });
  }

  /** What the video says, scene by scene. */
  getScript(videoId, { signal, ...unknown } = {}) {
    return this.#connection.data('GET', `/videos/${seg(videoId)}/script`, { signal, unknown });
  }

  /** Say something else, while the video is `awaiting_review`; `scenes` are all of them, in order. */
  changeScript(videoId, { scenes, signal, ...unknown } = {}) {
    needed({ scenes });
    return this.#connection.data('PUT', `/videos/${seg(videoId)}/script`, { json: { scenes }, signal, unknown });
  }

  /** What each scene shows, and what else was found for it. */
  getScenes(videoId, { signal, ...unknown } = {}) {
    return this.#connection.data('GET', `/videos/${seg(videoId)}/scenes`, { signal, unknown });
  }

  /**
   * Show something else in the scene `number`, counted from 1, of a video that is over: exactly one of `candidate`,
   * `asset` and `drawn`. The video is made again, and only that part is rendered anew.
   */
  chooseShot(videoId, number, { candidate, asset, drawn, signal, ...unknown } = {}) {
    const json = { candidate, asset, drawn };
    return this.#connection.data('PUT', `/videos/${seg(videoId)}/scenes/${number}/shot`, { json, signal, unknown, isSafe: false });
  }

  /** Go on with the script as it is. */
  approveScript(videoId, { signal, ...unknown } = {}) {
    return this.#connection.data('POST', `/videos/${seg(videoId)}/approve`, { signal, unknown, isSafe: false });
  }

  /**
   * A file of a finished video as a Response: `.blob()`, `.arrayBuffer()` or `.body` to stream it. The `preview` can be
   * had while the video is rendered: as much as there is of it.
   */
  async downloadVideo(videoId, { variant = 'video', signal, ...unknown } = {}) {
    // Two steps: a redirect would carry the key along to wherever the files are.
    const link = await this.#connection.data('GET', `/videos/${seg(videoId)}/download`, { query: { variant, redirect: false }, signal, unknown });
    return this.#connection.fetch(link.url, { signal });
  }

  /** Frames that may stand for a finished video, the best first. */
  async listThumbnails(videoId, { signal, ...unknown } = {}) {
    const data = await this.#connection.data('GET', `/videos/${seg(videoId)}/download`, { query: { variant: 'thumbnails' }, signal, unknown });
    return data.thumbnails;
  }

  /** Every step of the video as it happens, until it is over. */
  async* followVideo(videoId, { lastEventId, signal, ...unknown } = {}) {
    const headers = { Accept: 'text/event-stream', ...(lastEventId ? { 'Last-Event-ID': lastEventId } : {}) };
    const answer = await this.#connection.once('GET', `/videos/${seg(videoId)}/events`, { headers, signal, unknown, stream: true });
    if (answer.status !== 204) yield* eventsOf(answer.body);
  }

  /** Send a picture, clip or sound (Blob, ArrayBuffer, typed array); its id goes into `assets` of `createVideo`. */
  uploadAsset(content, { filename, signal, ...unknown } = {}) {
    needed({ filename });
    return this.#connection.data('POST', '/assets', { query: { filename }, body: content, signal, unknown });
  }

  /** Keep what is at a public address. */
  importAsset({ url, idempotencyKey, signal, ...unknown } = {}) {
    needed({ url });
    return this.#create('/assets/import', { url }, { idempotencyKey, signal, unknown });
  }

  /** The account's files, newest first. */
  listAssets({ limit, cursor, signal, ...unknown } = {}) {
    return this.#connection.data('GET', '/assets', { query: { limit, cursor }, signal, unknown });
  }

  /** One file. */
  getAsset(assetId, { signal, ...unknown } = {}) {
    return this.#connection.data('GET', `/assets/${seg(assetId)}`, { signal, unknown });
  }

  /** Remove a file; videos that were made of it stay. */
  removeAsset(assetId, { signal, ...unknown } = {}) {
    return this.#connection.data('DELETE', `/assets/${seg(assetId)}`, { signal, unknown });
  }

  /** Be told at `url` of `events`, or of all; keep the `secret` of the answer, which is shown this once. */
  createWebhook(url, { events, description, idempotencyKey, signal, ...unknown } = {}) {
    return this.#create('/webhooks', given({ url, events, description }), { idempotencyKey, signal, unknown });
  }

  /** The account's endpoints, newest first. */
  async listWebhooks({ signal, ...unknown } = {}) {
    return (await this.#connection.data('GET', '/webhooks', { signal, unknown })).items;
  }

  /** One endpoint, with how it is. */
  getWebhook(webhookId, { signal, ...unknown } = {}) {
    return this.#connection.data('GET', `/webhooks/${seg(webhookId)}`, { signal, unknown });
  }

  /** Change an endpoint; `enabled` takes up one that was disabled. */
  changeWebhook(webhookId, { url, events, description, enabled, signal, ...unknown } = {}) {
    const json = given({ url, events, description, enabled });
    return this.#connection.data('PATCH', `/webhooks/${seg(webhookId)}`, { json, signal, unknown });
  }

  /** Forget an endpoint with its log. */
  removeWebhook(webhookId, { signal, ...unknown } = {}) {
    return this.#connection.data('DELETE', `/webhooks/${seg(webhookId)}`, { signal, unknown });
  }

  /** Another secret; for `overlapS` seconds, a day unless told, messages carry the old one's signature too. */
  rotateWebhookSecret(webhookId, { overlapS, signal, ...unknown } = {}) {
    const json = given({ overlap_s: overlapS });
    return this.#connection.data('POST', `/webhooks/${seg(webhookId)}/rotate`, { json, signal, unknown, isSafe: false });
  }

  /** Send the endpoint a message of type `webhook.test`; `getWebhookDelivery` tells how that went. */
  testWebhook(webhookId, { signal, ...unknown } = {}) {
    return this.#connection.data('POST', `/webhooks/${seg(webhookId)}/test`, { signal, unknown, isSafe: false });
  }

  /** What was sent in the last 30 days, newest first; to one endpoint or about one video. */
  listWebhookDeliveries({ webhookId, videoId, cursor, limit, signal, ...unknown } = {}) {
    const query = { webhook_id: webhookId, video_id: videoId, cursor, limit };
    return this.#connection.data('GET', '/webhook-deliveries', { query, signal, unknown });
  }

  /** One message with its attempts. */
  getWebhookDelivery(deliveryId, { signal, ...unknown } = {}) {
    return this.#connection.data('GET', `/webhook-deliveries/${seg(deliveryId)}`, { signal, unknown });
  }

  /** Send a message once more, under the same id. */
  redeliverWebhook(deliveryId, { signal, ...unknown } = {}) {
    return this.#connection.data('POST', `/webhook-deliveries/${seg(deliveryId)}/redeliver`, { signal, unknown, isSafe: false });
  }

  /** What the last good scan found, the hottest first; each figure says where it comes from. */
  async hotTrends({ platform, category, timeRange, region, limit, signal, ...unknown } = {}) {
    const query = { platform, category, time_range: timeRange, region, limit };
    return (await this.#connection.data('GET', '/trends/hot', { query, signal, unknown })).trends;
  }

  /** All that is known of a keyword, in any spelling; `brief` is what `generateVideo` takes. */
  getKeyword(keyword, { region, signal, ...unknown } = {}) {
    return this.#connection.data('GET', `/trends/keywords/${seg(keyword)}`, { query: { region }, signal, unknown });
  }

  /** Look now; a scan that goes on, or is a few minutes old, is everybody's. */
  startScan({ platform, region, language, idempotencyKey, signal, ...unknown } = {}) {
    const json = given({ platform, region, language });
    return this.#create('/trends/scans', json, { idempotencyKey, signal, unknown });
  }

  /** Scans, newest first. */
  listScans({ platform, region, cursor, limit, signal, ...unknown } = {}) {
    return this.#connection.data('GET', '/trends/scans', { query: { platform, region, cursor, limit }, signal, unknown });
  }

  /** A scan, and what each source said or why it said nothing. */
  getScan(scanId, { signal, ...unknown } = {}) {
    return this.#connection.data('GET', `/trends/scans/${seg(scanId)}`, { signal, unknown });
  }

  /** Publish a film, now or at `scheduledAt`; the same film at one account is published once. */
  publishVideo({ platform, title, description, tags, videoUrl, videoId, accountId, scheduledAt, visibility, options, idempotencyKey, signal, ...unknown } = {}) {
    needed({ platform, title });
    const content = given({ title, description, tags, video_url: videoUrl });
    const json = given({ platform, content, video_id: videoId, account_id: accountId, scheduled_at: scheduledAt, visibility, options });
    return this.#create('/social/publish', json, { idempotencyKey, signal, unknown });
  }

  /** Where films can be published, what each platform takes, and the schema of its options. */
  async listPlatforms({ signal, ...unknown } = {}) {
    return (await this.#connection.data('GET', '/social/platforms', { signal, unknown })).items;
  }

  /** The connected accounts. */
  async listSocialAccounts({ signal, ...unknown } = {}) {
    return (await this.#connection.data('GET', '/social/accounts', { signal, unknown })).items;
  }

  /** The address that the account's owner has to open in a browser. */
  connectSocialAccount(platform, { signal, ...unknown } = {}) {
    return this.#connection.data('POST', `/social/accounts/${seg(platform)}/connect`, { signal, unknown, isSafe: false });
  }

  /** Revoke the account's token at the platform and forget it. */
  disconnectSocialAccount(accountId, { signal, ...unknown } = {}) {
    return this.#connection.data('DELETE', `/social/accounts/${seg(accountId)}`, { signal, unknown });
  }

  /** The ledger of publications, newest first. */
  listPublications({ platform, status, videoId, cursor, limit, signal, ...unknown } = {}) {
    return this.#connection.data('GET', '/social/publications', { query: { platform, status, video_id: videoId, cursor, limit }, signal, unknown });
  }

  /** How far a publication is. */
  getPublication(publicationId, { signal, ...unknown } = {}) {
    return this.#connection.data('GET', `/social/publications/${seg(publicationId)}`, { signal, unknown });
  }

  /** Call a publication off; what was sent already does not become visible. */
  cancelPublication(publicationId, { signal, ...unknown } = {}) {
    return this.#connection.data('POST', `/social/publications/${seg(publicationId)}/cancel`, { signal, unknown, isSafe: false });
  }

  /** Try a failed publication again, from where it was. */
  retryPublication(publicationId, { signal, ...unknown } = {}) {
    return this.#connection.data('POST', `/social/publications/${seg(publicationId)}/retry`, { signal, unknown, isSafe: false });
  }

  /** Give a publication that was not begun another time. */
  reschedulePublication(publicationId, { scheduledAt, signal, ...unknown } = {}) {
    needed({ scheduledAt });
    return this.#connection.data('POST', `/social/publications/${seg(publicationId)}/reschedule`, { json: { scheduled_at: scheduledAt }, signal, unknown, isSafe: false });
  }

  /** Remove a published film from its platform, where that can be done. */
  withdrawPublication(publicationId, { signal, ...unknown } = {}) {
    return this.#connection.data('DELETE', `/social/publications/${seg(publicationId)}`, { signal, unknown });
  }

  /** Models that can be asked. */
  async listModels({ type, signal, ...unknown } = {}) {
    return (await this.#connection.data('GET', '/ai/models', { query: { type }, signal, unknown })).models;
  }

  /** Ask a model. */
  infer({ text, modelId = 'model_1', maxLength, temperature, signal, ...unknown } = {}) {
    needed({ text });
    const parameters = given({ max_length: maxLength, temperature });
    const input = given({ text, parameters: Object.keys(parameters).length ? parameters : undefined });
    return this.#connection.data('POST', '/ai/inference', { json: { model_id: modelId, input }, signal, unknown });
  }

  /** Kinds of video. */
  async listTemplates({ signal, ...unknown } = {}) {
    return (await this.#connection.data('GET', '/templates', { signal, unknown })).items;
  }

  /** One kind of video. */
  getTemplate(name, { signal, ...unknown } = {}) {
    return this.#connection.data('GET', `/templates/${seg(name)}`, { signal, unknown });
  }

  /** Who can say a narration. */
  async listVoices({ language, signal, ...unknown } = {}) {
    return (await this.#connection.data('GET', '/voices', { query: { language }, signal, unknown })).items;
  }

  /** One voice. */
  getVoice(voiceId, { signal, ...unknown } = {}) {
    return this.#connection.data('GET', `/voices/${path(voiceId)}`, { signal, unknown });
  }

  /** A sentence said by the voice: `text`, and `url` of the sound. */
  getVoiceSample(voiceId, { signal, ...unknown } = {}) {
    return this.#connection.data('GET', `/voices/${path(voiceId)}/sample`, { signal, unknown });
  }

  /** Requests, videos and storage against the plan. */
  getUsage({ signal, ...unknown } = {}) {
    return this.#connection.data('GET', '/usage', { signal, unknown });
  }

  /** Whose key this is. */
  getProfile({ signal, ...unknown } = {}) {
    return this.#connection.data('GET', '/users/me', { signal, unknown });
  }

  /** The same key stays over all attempts, so nothing is made twice. */
  #create(path, json, { idempotencyKey = webCrypto.randomUUID(), signal, unknown }) {
    return this.#connection.data('POST', path, { json, headers: { 'Idempotency-Key': idempotencyKey }, signal, unknown });
  }
}
