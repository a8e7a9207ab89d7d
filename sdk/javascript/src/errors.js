/** Root of everything that can go wrong; `code` is stable, `requestId` is what to give to support. */
export class VideoSystemError extends Error {
  constructor(message, { code = '', status = 0, requestId = '', details = [], retryAfter = null, cause } = {}) {
    const fields = details.map((detail) => `${detail.field}: ${detail.message}`).join('; ');
    super(fields ? `${message} (${fields})` : message, cause ? { cause } : undefined);
    this.name = new.target.name;
    this.code = code;
    this.status = status;
    this.requestId = requestId;
    this.details = details;
    this.retryAfter = retryAfter;
  }
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

const BY_STATUS = {
  400: BadRequest, 401: NotAuthenticated, 403: Forbidden, 404: NotFound, 409: Conflict, 413: BadRequest,
  415: BadRequest, 429: RateLimited,
};

/** The error that an answer means. */
export function errorOf(status, body, headers) {
  const error = (body && body.error) || {};
  const after = headers.get('retry-after');
  const Kind = BY_STATUS[status] || ServerError;
  return new Kind(error.message || `the service answered ${status}`, {
    code: error.code || '',
    status,
    requestId: error.request_id || headers.get('x-request-id') || '',
    details: error.details || [],
    retryAfter: after && /^\d+$/.test(after) ? Number(after) : null,
  });
}
