export type Status = 'pending' | 'processing' | 'awaiting_review' | 'completed' | 'failed' | 'cancelled';
export type Variant = 'video' | 'srt' | 'vtt' | 'poster' | 'animation' | 'preview';

export interface TaskAccepted { task_id: string; status: Status; estimated_time: number }
export interface Task { task_id: string; status: Status; progress: number; video_url: string | null }
export interface Failing { code: string; message: string }
export interface Credit { title: string; author: string; licence: string; url: string; licence_url: string }
/** `amount` is null where the price of a call is not known. */
export interface Cost { amount: number | null; currency: 'USD' }
/** Calls to one model of one provider together. */
export interface PaidCalls { role: string; provider: string; model: string; calls: number; units: Record<string, number>; cost: number | null }
export interface FilmCost extends Cost { purchases: PaidCalls[] }
export interface Loudness { lufs: number; dbtp: number }
export interface Film { width: number; height: number; duration: number; loudness: Loudness; credits: Credit[] }
export interface Links { self: string; events: string; script: string; download: string | null; preview: string | null }
/** How captions were wished to look; null is as the template says. */
export interface CaptionsShown {
  style: string | null; size: string | null; position: string | null; fill: string | null; highlight: string | null;
  outline: string | null;
}
/** What was asked for; `assets` counts the own files. */
export interface BriefShown {
  title: string; description: string; script: string; language: string | null; voice: string | null; template: string;
  aspect: string; resolution: string; duration: number | null; captions: CaptionsShown | null;
  assets: number; sources: string[]; research: boolean; footage: boolean; speed: number | null; narration: boolean;
  trend: string | null; review: boolean;
}
export interface Video {
  id: string; title: string; status: Status; stage: string; progress: number; error: Failing | null;
  brief: BriefShown; tags: string[]; warnings: string[]; video: Film | null;
  cost: FilmCost;
  links: Links;
  webhook_url: string | null; created_at: string; started_at: string | null; completed_at: string | null;
}
/** A frame that may stand for a video: `at` seconds, `score` 0 to 1; `url` works without an account until `expires_at`. */
export interface Thumbnail { url: string; expires_at: string; at: number; score: number }
export interface Estimate { seconds: number; duration: number; cost: number | null; currency: string; warnings: string[] }
export interface SceneText { narration: string; role?: 'hook' | 'body' | 'closing'; visual?: string; keywords?: string[]; queries?: string[] }
export interface Script { title: string; language: string; written_by: string; scenes: Required<SceneText>[]; warnings: string[] }
export interface Candidate {
  name: string; kind: 'image' | 'video'; caption: string; score: number; width: number; height: number; duration: number;
  page: string; credit: Credit;
}
export interface SceneShot {
  number: number; narration: string; shows: 'found' | 'painted' | 'own' | 'drawn'; taken: string; reason: string;
  queries: string[]; candidates: Candidate[];
}
/** Exactly one of the three. */
export type Choice = { candidate: string } | { asset: string } | { drawn: true };
export interface Asset {
  id: string; filename: string; kind: string; media_type: string; size: number; width: number; height: number;
  duration: number; source_url: string; created_at: string; url: string;
}
export interface Page<T> { items: T[]; next_cursor: string | null; has_more: boolean }
export interface VideoEvent { id: string; name: string; data: Record<string, unknown> }
export type WebhookEvent = 'video.awaiting_review' | 'video.completed' | 'video.failed' | 'video.cancelled';
export interface Webhook {
  id: string; url: string; description: string; events: WebhookEvent[]; enabled: boolean; disabled_reason: string;
  failing_since: string | null; created_at: string;
}
/** `secret` is null where a first answer was lost on its way: rotate it then. */
export interface WebhookMade extends Webhook { secret: string | null }
export interface WebhookAttempt { at: string; status: number | null; error: string; took_ms: number }
/** `id` is the message's `webhook-id`; `webhook_id` is null for the `webhookUrl` of a video. */
export interface WebhookDelivery {
  id: string; webhook_id: string | null; url: string; event: WebhookEvent | 'webhook.test'; video_id: string | null;
  status: 'pending' | 'delivered' | 'failed'; attempts: WebhookAttempt[];
  created_at: string; next_attempt_at: string | null; delivered_at: string | null;
}
export interface VideoNews { id: string; title: string; status: Status; error: Failing | null; video_url?: string | null }
export type WebhookMessage =
  | { type: WebhookEvent; timestamp: string; data: VideoNews }
  | { type: 'webhook.test'; timestamp: string; data: { message: string } };
export type Platform = 'youtube' | 'tiktok' | 'instagram' | 'x';
/** `volume` counts `unit`; `growth` is in per cent. Both are null where nobody knows; `growth_reason` says why. */
export interface Trend {
  keyword: string; volume: number | null; growth: number | null; platform: Platform; region: string; window: string; rank: number;
  source: string; sources: string[]; method: 'native' | 'proxy'; unit: string; kind: string; is_floor: boolean;
  growth_source: string | null; growth_method: 'native' | 'proxy' | null; growth_reason: string | null; coverage: number;
  category: string | null; category_by: string | null; observed_at: string; age_seconds: number;
}
export interface Headline { title: string; url: string; source: string }
export interface DayFigure { day: string; value: number }
export interface Series { source: string; region: string; unit: string; kind: string; points: DayFigure[] }
export interface Keyword {
  keyword: string; region: string; summary: string; url: string; headlines: Headline[];
  related: string[]; trends: Trend[]; brief: { title: string; description: string };
  series: Series[];
}
/** What one source said in a scan. */
export interface Reading { source: string; state: string; reason: string; keywords: number; took_ms: number; observed_at: string }
export interface Scan {
  id: string; platform: Platform; region: string; language: string; status: 'waiting' | 'running' | 'complete' | 'partial' | 'failed';
  keywords: number; reason: string; created_at: string; started_at: string | null; finished_at: string | null;
  readings: Reading[];
}
export type Target = 'youtube' | 'x' | 'tiktok' | 'instagram' | 'folder';
export type Visibility = 'private' | 'unlisted' | 'public';
export type PublicationStatus =
  | 'waiting_for_video' | 'scheduled' | 'pending' | 'uploading' | 'processing' | 'published' | 'failed' | 'cancelled'
  | 'withdrawing' | 'withdrawn';
export interface PublishAccepted { publish_id: string; status: PublicationStatus; platform: Target }
export interface Publication {
  id: string; platform: Target; status: PublicationStatus; account_id: string | null; video_id: string | null; title: string;
  visibility: Visibility; scheduled_at: string | null; retry_at: string | null; attempt: number; bytes_sent: number;
  bytes_total: number; remote_id: string | null; url: string | null; notes: string[]; error: Failing | null;
  created_at: string; started_at: string | null; finished_at: string | null;
}
export interface SocialAccount {
  id: string; platform: Target; remote_id: string; name: string; status: 'connected' | 'expired'; scopes: string[];
  created_at: string; renewed_at: string;
}
export interface Connecting { authorize_url: string; expires_at: string }
/** Seconds, pixels, bytes, ratios width to height; null is no limit. */
export interface PlatformLimits {
  shortest_s: number; longest_s: number | null; largest_bytes: number | null; smallest_px: number; largest_px: number | null;
  lowest_ratio: number; highest_ratio: number | null; lowest_fps: number; highest_fps: number | null;
  visibilities: Visibility[]; can_schedule: boolean; can_withdraw: boolean; words: Record<string, string>;
}
export interface PlatformInfo {
  platform: Target; is_ready: boolean; reason: string; needs_account: boolean; accounts: number;
  limits: PlatformLimits; options: Record<string, unknown>;
}
/** Where a film goes when it is done. */
export interface PublishTarget {
  platform: Target; account_id?: string; title?: string; description?: string; tags?: string[]; scheduled_at?: string;
  visibility?: Visibility; options?: Record<string, unknown>;
}
export interface Model { id: string; name: string; type: string; status: 'available' | 'unavailable' }
export interface InferenceOutput { text: string }
export interface InferenceUsage { input_tokens: number; output_tokens: number }
export interface InferenceResult { model_id: string; output: InferenceOutput; usage: InferenceUsage; latency_ms: number }
/** What a video's `fields` may fill; one whose `default` is null has to be given. */
export interface TemplateField { name: string; default: string | null }
export interface Template {
  name: string; title: string; description: string; duration: number; aspects: string[]; default_aspect: string;
  languages: string[]; fields: TemplateField[]; captions: string; transition: string; music_mood: string; scene_seconds: number;
  is_numbered: boolean; preview_url: string | null;
}
export interface Voice { id: string; name: string; provider: string; language: string; is_draft: boolean; credit: Credit }
export interface VoiceSample { voice_id: string; text: string; url: string; media_type: string }
export interface Profile { user_id: string; username: string; email: string; name: string; language: string; plan: string; created_at: string }

/** Requests of this hour. */
export interface RequestsUsed { used: number; limit: number; resets_in_s: number }
/** Videos against the plan; `today` are those of the last 24 hours. */
export interface FilmsUsed { running: number; running_limit: number; waiting: number; waiting_limit: number; today: number; daily_limit: number }
/** Bytes of all that is kept; seconds and cost since the first of the month. */
export interface Usage {
  plan: string; requests: RequestsUsed; films: FilmsUsed; storage_bytes: number; seconds_rendered_this_month: number; cost_this_month: Cost;
}

export interface Options { signal?: AbortSignal }
export interface Creating extends Options { idempotencyKey?: string }
/** How captions look, where that is not as the template says; colours as "#rrggbb". */
export interface Captions {
  style?: 'karaoke' | 'pop' | 'box' | 'clean' | 'none'; size?: 'small' | 'medium' | 'large'; position?: 'low' | 'middle';
  fill?: string; highlight?: string; outline?: string;
}
export interface Brief {
  /** Needed, unless `trend` is a keyword that a scan has seen. */
  title?: string; trend?: string; description?: string; script?: string; language?: string; voice?: string; template?: string;
  aspect?: '9:16' | '16:9' | '1:1' | '4:5'; resolution?: '540p' | '720p' | '1080p'; duration?: number; captions?: Captions;
  /** Ids of own files, one a scene; null where there is none. */
  assets?: (string | null)[];
  sources?: string[]; research?: boolean; footage?: boolean; speed?: number; narration?: string;
  /** What the template's merge fields hold, by name. */
  fields?: Record<string, string>;
  tags?: string[]; review?: boolean; webhookUrl?: string; publish?: PublishTarget[];
}
export interface VideoSettings { duration?: number | null; resolution?: '540p' | '720p' | '1080p'; format?: 'mp4' }
export interface ClientOptions {
  /** Where the service is; else VIDEO_SYSTEM_BASE_URL, then http://localhost:8000. */
  baseUrl?: string;
  /** Seconds that one request may take. */
  timeout?: number;
  /** How often a request is tried again when the service is busy or away. */
  maxRetries?: number;
  language?: 'zh-TW' | 'en';
  fetch?: typeof globalThis.fetch;
}

export class VideoSystemClient {
  /** Without a key, VIDEO_SYSTEM_API_KEY of the environment. */
  constructor(apiKey?: string, options?: ClientOptions);
  generateVideo(order: { title: string; description?: string; template?: string; settings?: VideoSettings; duration?: number; resolution?: string } & Creating): Promise<TaskAccepted>;
  getTask(taskId: string, options?: Options): Promise<Task>;
  /** Throws VideoFailed, ReviewNeeded (unless `throughReview`) and, after `timeout` seconds, WaitTimeout. */
  wait(taskId: string, options?: { timeout?: number; every?: number; throughReview?: boolean; onProgress?: (task: Task) => void } & Options): Promise<Task>;
  createVideo(brief: Brief & Creating): Promise<Video>;
  estimateVideo(brief: Brief & Options): Promise<Estimate>;
  listVideos(options?: { limit?: number; cursor?: string; status?: Status | Status[]; template?: string; q?: string; createdAfter?: string; createdBefore?: string } & Options): Promise<Page<Video>>;
  getVideo(videoId: string, options?: Options): Promise<Video>;
  changeVideo(videoId: string, change: { title?: string; tags?: string[] } & Options): Promise<Video>;
  removeVideo(videoId: string, options?: Options): Promise<null>;
  cancelVideo(videoId: string, options?: Options): Promise<Video>;
  retryVideo(videoId: string, options?: Options): Promise<Video>;
  getScript(videoId: string, options?: Options): Promise<Script>;
  changeScript(videoId: string, change: { scenes: SceneText[] } & Options): Promise<Script>;
  getScenes(videoId: string, options?: Options): Promise<{ scenes: SceneShot[] }>;
  chooseShot(videoId: string, number: number, choice: Choice & Options): Promise<Video>;
  approveScript(videoId: string, options?: Options): Promise<Video>;
  downloadVideo(videoId: string, options?: { variant?: Variant } & Options): Promise<Response>;
  listThumbnails(videoId: string, options?: Options): Promise<Thumbnail[]>;
  followVideo(videoId: string, options?: { lastEventId?: string } & Options): AsyncGenerator<VideoEvent, void, undefined>;
  uploadAsset(content: Blob | ArrayBuffer | ArrayBufferView, options: { filename: string } & Options): Promise<Asset>;
  importAsset(order: { url: string } & Creating): Promise<Asset>;
  listAssets(options?: { limit?: number; cursor?: string } & Options): Promise<Page<Asset>>;
  getAsset(assetId: string, options?: Options): Promise<Asset>;
  removeAsset(assetId: string, options?: Options): Promise<null>;
  createWebhook(url: string, options?: { events?: WebhookEvent[]; description?: string } & Creating): Promise<WebhookMade>;
  listWebhooks(options?: Options): Promise<Webhook[]>;
  getWebhook(webhookId: string, options?: Options): Promise<Webhook>;
  changeWebhook(webhookId: string, change: { url?: string; events?: WebhookEvent[]; description?: string; enabled?: boolean } & Options): Promise<Webhook>;
  removeWebhook(webhookId: string, options?: Options): Promise<null>;
  rotateWebhookSecret(webhookId: string, options?: { overlapS?: number } & Options): Promise<WebhookMade>;
  testWebhook(webhookId: string, options?: Options): Promise<WebhookDelivery>;
  listWebhookDeliveries(options?: { webhookId?: string; videoId?: string; cursor?: string; limit?: number } & Options): Promise<Page<WebhookDelivery>>;
  getWebhookDelivery(deliveryId: string, options?: Options): Promise<WebhookDelivery>;
  redeliverWebhook(deliveryId: string, options?: Options): Promise<WebhookDelivery>;
  hotTrends(options?: { platform?: Platform; category?: string; timeRange?: '1d' | '7d' | '30d'; region?: string; limit?: number } & Options): Promise<Trend[]>;
  getKeyword(keyword: string, options?: { region?: string } & Options): Promise<Keyword>;
  startScan(order?: { platform?: Platform; region?: string; language?: string } & Creating): Promise<Scan>;
  listScans(options?: { platform?: Platform; region?: string; cursor?: string; limit?: number } & Options): Promise<Page<Scan>>;
  getScan(scanId: string, options?: Options): Promise<Scan>;
  publishVideo(order: { platform: Target; title: string; description?: string; tags?: string[]; videoUrl?: string; videoId?: string; accountId?: string; scheduledAt?: string; visibility?: Visibility; options?: Record<string, unknown> } & Creating): Promise<PublishAccepted>;
  listPlatforms(options?: Options): Promise<PlatformInfo[]>;
  listSocialAccounts(options?: Options): Promise<SocialAccount[]>;
  connectSocialAccount(platform: Target, options?: Options): Promise<Connecting>;
  disconnectSocialAccount(accountId: string, options?: Options): Promise<null>;
  listPublications(options?: { platform?: Target; status?: PublicationStatus | PublicationStatus[]; videoId?: string; cursor?: string; limit?: number } & Options): Promise<Page<Publication>>;
  getPublication(publicationId: string, options?: Options): Promise<Publication>;
  cancelPublication(publicationId: string, options?: Options): Promise<Publication>;
  retryPublication(publicationId: string, options?: Options): Promise<Publication>;
  reschedulePublication(publicationId: string, change: { scheduledAt: string } & Options): Promise<Publication>;
  withdrawPublication(publicationId: string, options?: Options): Promise<Publication>;
  listModels(options?: { type?: string } & Options): Promise<Model[]>;
  infer(order: { text: string; modelId?: string; maxLength?: number; temperature?: number } & Options): Promise<InferenceResult>;
  listTemplates(options?: Options): Promise<Template[]>;
  getTemplate(name: string, options?: Options): Promise<Template>;
  listVoices(options?: { language?: string } & Options): Promise<Voice[]>;
  getVoice(voiceId: string, options?: Options): Promise<Voice>;
  getVoiceSample(voiceId: string, options?: Options): Promise<VoiceSample>;
  getUsage(options?: Options): Promise<Usage>;
  getProfile(options?: Options): Promise<Profile>;
}

export class VideoSystemError extends Error {
  code: string;
  status: number;
  requestId: string;
  details: { field: string; message: string; type: string }[];
  retryAfter: number | null;
}
export class ConnectionFailed extends VideoSystemError {}
export class BadRequest extends VideoSystemError {}
export class NotAuthenticated extends VideoSystemError {}
export class Forbidden extends VideoSystemError {}
export class NotFound extends VideoSystemError {}
export class Conflict extends VideoSystemError {}
export class RateLimited extends VideoSystemError {}
export class ServerError extends VideoSystemError {}
export class VideoFailed extends VideoSystemError {}
/** The video's script waits for `approveScript`. */
export class ReviewNeeded extends VideoSystemError {}
/** The video is not done yet; it goes on, and can be waited for again. */
export class WaitTimeout extends VideoSystemError {}
export class WebhookInvalid extends VideoSystemError {}

/** The message of a webhook, once its signature is proven. */
export function verifyWebhook(
  body: string, headers: Headers | Record<string, string | string[] | undefined>, secret: string,
): Promise<WebhookMessage>;
