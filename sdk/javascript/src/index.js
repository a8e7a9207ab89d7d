import { Connection, given, sleep } from './connection.js';
import { webCrypto } from './crypto.js';
import { VideoFailed } from './errors.js';
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

/** The body that a brief describes. */
const bodyOf = ({ webhookUrl, ...brief }) => given({ webhook_url: webhookUrl, ...brief });

/** Talks to one service with one API key (or access token). Answers have the keys that the service gives them. */
export class VideoSystemClient {
  #connection;

  constructor(apiKey, { baseUrl, timeout = 30, maxRetries = 2, language = 'zh-TW', fetch = (...args) => globalThis.fetch(...args) } = {}) {
    this.#connection = new Connection(apiKey, { baseUrl, timeout, maxRetries, language, fetch });
  }

  /** Make a video; `wait` tells when it is done. */
  generateVideo({ title, description, template, duration, resolution, idempotencyKey, signal }) {
    const settings = given({ duration, resolution });
    const json = given({ title, description, template, settings: Object.keys(settings).length ? settings : undefined });
    return this.#create('/video/generate', json, { idempotencyKey, signal });
  }

  /** How far a video is. */
  getTask(taskId, { signal } = {}) {
    return this.#connection.data('GET', `/video/task/${seg(taskId)}`, { signal });
  }

  /** Wait until a video is done; throws VideoFailed when it failed or was cancelled. */
  async wait(taskId, { timeout = 3600, every = 2, onProgress, signal } = {}) {
    const deadline = Date.now() + timeout * 1000;
    let seen = '';
    for (;;) {
      const task = await this.getTask(taskId, { signal });
      if (onProgress && JSON.stringify(task) !== seen) onProgress(task);
      seen = JSON.stringify(task);
      if (task.status === 'completed') return task;
      if (OVER.has(task.status)) throw new VideoFailed(`the video ${taskId} is ${task.status}`, { code: task.status.toUpperCase() });
      if (Date.now() + every * 1000 > deadline) throw new VideoFailed(`the video ${taskId} is ${task.status} after ${timeout} s`, { code: 'TIMEOUT' });
      await sleep(every, signal);
    }
  }

  /**
   * Make a video out of a full brief. With `review` it waits for `approveScript` once its script is written;
   * `webhookUrl` is told what happens to this video, beside the account's webhooks.
   */
  createVideo({ idempotencyKey, signal, ...brief }) {
    return this.#create('/videos', bodyOf(brief), { idempotencyKey, signal });
  }

  /** How long a video would take and what it would cost; nothing is made. */
  estimateVideo({ signal, ...brief }) {
    return this.#connection.data('POST', '/videos/estimate', { json: bodyOf(brief), signal });
  }

  /** The account's videos, newest first. */
  listVideos({ limit, cursor, status, template, q, createdAfter, createdBefore, signal } = {}) {
    const query = { limit, cursor, status, template, q, created_after: createdAfter, created_before: createdBefore };
    return this.#connection.data('GET', '/videos', { query, signal });
  }

  /** One video, with how far it is. */
  getVideo(videoId, { signal } = {}) {
    return this.#connection.data('GET', `/videos/${seg(videoId)}`, { signal });
  }

  /** Change how the video is called and found; what is in it stays. */
  changeVideo(videoId, { title, tags, signal } = {}) {
    return this.#connection.data('PATCH', `/videos/${seg(videoId)}`, { json: given({ title, tags }), signal });
  }

  /** Remove the video with its files. */
  removeVideo(videoId, { signal } = {}) {
    return this.#connection.data('DELETE', `/videos/${seg(videoId)}`, { signal });
  }

  /** End a video that waits or is being made. */
  cancelVideo(videoId, { signal } = {}) {
    return this.#connection.data('POST', `/videos/${seg(videoId)}/cancel`, { signal, isSafe: false });
  }

  /** Go on with a video that failed or was cancelled; finished stages are not done again. */
  retryVideo(videoId, { signal } = {}) {
    return this.#connection.data('POST', `/videos/${seg(videoId)}/retry`, { signal, isSafe: false });
  }

  /** What the video says, scene by scene. */
  getScript(videoId, { signal } = {}) {
    return this.#connection.data('GET', `/videos/${seg(videoId)}/script`, { signal });
  }

  /** Say something else, while the video is `awaiting_review`; `scenes` are all of them, in order. */
  changeScript(videoId, { scenes, signal }) {
    return this.#connection.data('PUT', `/videos/${seg(videoId)}/script`, { json: { scenes }, signal });
  }

  /** What each scene shows, and what else was found for it. */
  getScenes(videoId, { signal } = {}) {
    return this.#connection.data('GET', `/videos/${seg(videoId)}/scenes`, { signal });
  }

  /**
   * Show something else in the scene `number`, counted from 1, of a video that is over: exactly one of `candidate`,
   * `asset` and `drawn`. The video is made again, and only that part is rendered anew.
   */
  chooseShot(videoId, number, { candidate, asset, drawn, signal }) {
    const json = { candidate, asset, drawn };
    return this.#connection.data('PUT', `/videos/${seg(videoId)}/scenes/${number}/shot`, { json, signal, isSafe: false });
  }

  /** Go on with the script as it is. */
  approveScript(videoId, { signal } = {}) {
    return this.#connection.data('POST', `/videos/${seg(videoId)}/approve`, { signal, isSafe: false });
  }

  /**
   * A file of a finished video as a Response: `.blob()`, `.arrayBuffer()` or `.body` to stream it. The `preview` can be
   * had while the video is rendered: as much as there is of it.
   */
  async downloadVideo(videoId, { variant = 'video', signal } = {}) {
    // Two steps: a redirect would carry the key along to wherever the files are.
    const link = await this.#connection.data('GET', `/videos/${seg(videoId)}/download`, { query: { variant, redirect: false }, signal });
    return this.#connection.fetch(link.url, { signal });
  }

  /** Frames that may stand for a finished video, the best first. */
  async listThumbnails(videoId, { signal } = {}) {
    const data = await this.#connection.data('GET', `/videos/${seg(videoId)}/download`, { query: { variant: 'thumbnails' }, signal });
    return data.thumbnails;
  }

  /** Every step of the video as it happens, until it is over. */
  async* followVideo(videoId, { lastEventId, signal } = {}) {
    const headers = { Accept: 'text/event-stream', ...(lastEventId ? { 'Last-Event-ID': lastEventId } : {}) };
    const answer = await this.#connection.once('GET', `/videos/${seg(videoId)}/events`, { headers, signal, stream: true });
    yield* eventsOf(answer.body);
  }

  /** Send a picture, clip or sound (Blob, ArrayBuffer, typed array); its id goes into `assets` of `createVideo`. */
  uploadAsset(content, { filename, signal }) {
    return this.#connection.data('POST', '/assets', { query: { filename }, body: content, signal });
  }

  /** Keep what is at a public address. */
  importAsset({ url, signal }) {
    return this.#connection.data('POST', '/assets/import', { json: { url }, signal });
  }

  /** The account's files, newest first. */
  listAssets({ limit, cursor, signal } = {}) {
    return this.#connection.data('GET', '/assets', { query: { limit, cursor }, signal });
  }

  /** One file. */
  getAsset(assetId, { signal } = {}) {
    return this.#connection.data('GET', `/assets/${seg(assetId)}`, { signal });
  }

  /** Remove a file; videos that were made of it stay. */
  removeAsset(assetId, { signal } = {}) {
    return this.#connection.data('DELETE', `/assets/${seg(assetId)}`, { signal });
  }

  /** Be told at `url` of `events`, or of all; keep the `secret` of the answer, which is shown this once. */
  createWebhook(url, { events, description, idempotencyKey, signal } = {}) {
    return this.#create('/webhooks', given({ url, events, description }), { idempotencyKey, signal });
  }

  /** The account's endpoints, newest first. */
  async listWebhooks({ signal } = {}) {
    return (await this.#connection.data('GET', '/webhooks', { signal })).items;
  }

  /** One endpoint, with how it is. */
  getWebhook(webhookId, { signal } = {}) {
    return this.#connection.data('GET', `/webhooks/${seg(webhookId)}`, { signal });
  }

  /** Change an endpoint; `enabled` takes up one that was disabled. */
  changeWebhook(webhookId, { url, events, description, enabled, signal } = {}) {
    const json = given({ url, events, description, enabled });
    return this.#connection.data('PATCH', `/webhooks/${seg(webhookId)}`, { json, signal });
  }

  /** Forget an endpoint with its log. */
  removeWebhook(webhookId, { signal } = {}) {
    return this.#connection.data('DELETE', `/webhooks/${seg(webhookId)}`, { signal });
  }

  /** Another secret; for `overlapS` seconds, a day unless told, messages carry the old one's signature too. */
  rotateWebhookSecret(webhookId, { overlapS, signal } = {}) {
    const json = given({ overlap_s: overlapS });
    return this.#connection.data('POST', `/webhooks/${seg(webhookId)}/rotate`, { json, signal, isSafe: false });
  }

  /** Send the endpoint a message of type `webhook.test`; `getWebhookDelivery` tells how that went. */
  testWebhook(webhookId, { signal } = {}) {
    return this.#connection.data('POST', `/webhooks/${seg(webhookId)}/test`, { signal, isSafe: false });
  }

  /** What was sent in the last 30 days, newest first; to one endpoint or about one video. */
  listWebhookDeliveries({ webhookId, videoId, cursor, limit, signal } = {}) {
    const query = { webhook_id: webhookId, video_id: videoId, cursor, limit };
    return this.#connection.data('GET', '/webhook-deliveries', { query, signal });
  }

  /** One message with its attempts. */
  getWebhookDelivery(deliveryId, { signal } = {}) {
    return this.#connection.data('GET', `/webhook-deliveries/${seg(deliveryId)}`, { signal });
  }

  /** Send a message once more, under the same id. */
  redeliverWebhook(deliveryId, { signal } = {}) {
    return this.#connection.data('POST', `/webhook-deliveries/${seg(deliveryId)}/redeliver`, { signal, isSafe: false });
  }

  /** What the last good scan found, the hottest first; each figure says where it comes from. */
  async hotTrends({ platform, category, timeRange, region, limit, signal } = {}) {
    const query = { platform, category, time_range: timeRange, region, limit };
    return (await this.#connection.data('GET', '/trends/hot', { query, signal })).trends;
  }

  /** All that is known of a keyword, in any spelling; `brief` is what `generateVideo` takes. */
  getKeyword(keyword, { region, signal } = {}) {
    return this.#connection.data('GET', `/trends/keywords/${seg(keyword)}`, { query: { region }, signal });
  }

  /** Look now; a scan that goes on, or is a few minutes old, is everybody's. */
  startScan({ platform, region, language, signal } = {}) {
    return this.#connection.data('POST', '/trends/scans', { json: given({ platform, region, language }), signal });
  }

  /** Scans, newest first. */
  listScans({ platform, region, cursor, limit, signal } = {}) {
    return this.#connection.data('GET', '/trends/scans', { query: { platform, region, cursor, limit }, signal });
  }

  /** A scan, and what each source said or why it said nothing. */
  getScan(scanId, { signal } = {}) {
    return this.#connection.data('GET', `/trends/scans/${seg(scanId)}`, { signal });
  }

  /** Publish a film, now or at `scheduledAt`; the same film at one account is published once. */
  publishVideo({ platform, title, description, tags, videoUrl, videoId, accountId, scheduledAt, visibility, options, idempotencyKey, signal }) {
    const content = given({ title, description, tags, video_url: videoUrl });
    const json = given({ platform, content, video_id: videoId, account_id: accountId, scheduled_at: scheduledAt, visibility, options });
    return this.#create('/social/publish', json, { idempotencyKey, signal });
  }

  /** Where films can be published, what each platform takes, and the schema of its options. */
  async listPlatforms({ signal } = {}) {
    return (await this.#connection.data('GET', '/social/platforms', { signal })).items;
  }

  /** The connected accounts. */
  async listSocialAccounts({ signal } = {}) {
    return (await this.#connection.data('GET', '/social/accounts', { signal })).items;
  }

  /** The address that the account's owner has to open in a browser. */
  connectSocialAccount(platform, { signal } = {}) {
    return this.#connection.data('POST', `/social/accounts/${seg(platform)}/connect`, { signal, isSafe: false });
  }

  /** Revoke the account's token at the platform and forget it. */
  disconnectSocialAccount(accountId, { signal } = {}) {
    return this.#connection.data('DELETE', `/social/accounts/${seg(accountId)}`, { signal });
  }

  /** The ledger of publications, newest first. */
  listPublications({ platform, status, videoId, cursor, limit, signal } = {}) {
    return this.#connection.data('GET', '/social/publications', { query: { platform, status, video_id: videoId, cursor, limit }, signal });
  }

  /** How far a publication is. */
  getPublication(publicationId, { signal } = {}) {
    return this.#connection.data('GET', `/social/publications/${seg(publicationId)}`, { signal });
  }

  /** Call a publication off; what was sent already does not become visible. */
  cancelPublication(publicationId, { signal } = {}) {
    return this.#connection.data('POST', `/social/publications/${seg(publicationId)}/cancel`, { signal, isSafe: false });
  }

  /** Try a failed publication again, from where it was. */
  retryPublication(publicationId, { signal } = {}) {
    return this.#connection.data('POST', `/social/publications/${seg(publicationId)}/retry`, { signal, isSafe: false });
  }

  /** Give a publication that was not begun another time. */
  reschedulePublication(publicationId, { scheduledAt, signal }) {
    return this.#connection.data('POST', `/social/publications/${seg(publicationId)}/reschedule`, { json: { scheduled_at: scheduledAt }, signal, isSafe: false });
  }

  /** Remove a published film from its platform, where that can be done. */
  withdrawPublication(publicationId, { signal } = {}) {
    return this.#connection.data('DELETE', `/social/publications/${seg(publicationId)}`, { signal });
  }

  /** Models that can be asked. */
  async listModels({ type, signal } = {}) {
    return (await this.#connection.data('GET', '/ai/models', { query: { type }, signal })).models;
  }

  /** Ask a model. */
  infer({ text, modelId = 'model_1', maxLength, temperature, signal }) {
    const parameters = given({ max_length: maxLength, temperature });
    const input = given({ text, parameters: Object.keys(parameters).length ? parameters : undefined });
    return this.#connection.data('POST', '/ai/inference', { json: { model_id: modelId, input }, signal });
  }

  /** Kinds of video. */
  async listTemplates({ signal } = {}) {
    return (await this.#connection.data('GET', '/templates', { signal })).items;
  }

  /** One kind of video. */
  getTemplate(name, { signal } = {}) {
    return this.#connection.data('GET', `/templates/${seg(name)}`, { signal });
  }

  /** Who can say a narration. */
  async listVoices({ language, signal } = {}) {
    return (await this.#connection.data('GET', '/voices', { query: { language }, signal })).items;
  }

  /** One voice. */
  getVoice(voiceId, { signal } = {}) {
    return this.#connection.data('GET', `/voices/${path(voiceId)}`, { signal });
  }

  /** A sentence said by the voice: `text`, and `url` of the sound. */
  getVoiceSample(voiceId, { signal } = {}) {
    return this.#connection.data('GET', `/voices/${path(voiceId)}/sample`, { signal });
  }

  /** Requests, videos and storage against the plan. */
  getUsage({ signal } = {}) {
    return this.#connection.data('GET', '/usage', { signal });
  }

  /** Whose key this is. */
  getProfile({ signal } = {}) {
    return this.#connection.data('GET', '/users/me', { signal });
  }

  /** The same key stays over all attempts, so nothing is made twice. */
  #create(path, json, { idempotencyKey = webCrypto.randomUUID(), signal }) {
    return this.#connection.data('POST', path, { json, headers: { 'Idempotency-Key': idempotencyKey }, signal });
  }
}
