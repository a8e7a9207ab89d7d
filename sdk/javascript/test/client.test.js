import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { test } from 'node:test';

import * as sdk from '../src/index.js';
import { good, serving } from '../support/serving.js';

const ACCEPTED = { task_id: 'task_1', status: 'pending', estimated_time: 60 };
const bad = (status, headers = {}) => ({
  status, headers, body: { success: false, error: { code: 'SOME', message: '那裡', request_id: 'req_1', details: [{ field: 'title', message: 'no' }] } },
});

test('the contract: a title alone', () => serving([good(ACCEPTED, 202)], async (client, asked) => {
  const result = await client.generateVideo({ title: '影片標題' });

  assert.deepEqual(result, ACCEPTED);
  assert.equal(asked[0].url, '/video/generate');
  assert.equal(asked[0].headers.authorization, 'Bearer vs_live_secret');
  assert.deepEqual(JSON.parse(asked[0].text), { title: '影片標題' });
}));

test('an id that is none is an error of the caller, who sent nothing', () => serving([], async (client, asked) => {
  for (const none of [undefined, '', '..', 5]) {
    assert.throws(() => client.removeVideo(none), TypeError);
    await assert.rejects(client.wait(none), /an id or a name is needed here/);
  }
  assert.equal(asked.length, 0);
}));

test('options in the place of the key are an error, not a client without a key', () => {
  assert.throws(() => new sdk.VideoSystemClient({ apiKey: 'vs_live_secret' }), /the key is a string, and options come after it/);
});

test('a busy service is asked again with the same idempotency key', () => serving(
  [bad(503), bad(429, { 'Retry-After': '0' }), good(ACCEPTED, 202)],
  async (client, asked) => {
    await client.generateVideo({ title: 'a' });
    const keys = asked.map(({ headers }) => headers['idempotency-key']);

    assert.equal(keys.length, 3);
    assert.equal(new Set(keys).size, 1);
  },
));

test('a wait of an hour is the caller’s to decide', () => serving([bad(429, { 'Retry-After': '3600' })], async (client, asked) => {
  await assert.rejects(client.getUsage(), (error) => error instanceof sdk.RateLimited && error.retryAfter === 3600);
  assert.equal(asked.length, 1);
}));

test('an error is a class with its code and fields', async () => {
  const kinds = { 400: 'BadRequest', 401: 'NotAuthenticated', 403: 'Forbidden', 404: 'NotFound', 409: 'Conflict', 415: 'BadRequest', 500: 'ServerError' };
  for (const [status, kind] of Object.entries(kinds)) {
    await serving([bad(Number(status))], async (client) => {
      await assert.rejects(client.getUsage(), (error) => (
        error instanceof sdk[kind] && error.code === 'SOME' && error.requestId === 'req_1' && error.message === '那裡 (title: no)'
      ));
    });
  }
});

test('an answer that is no json is still an error of ours', () => serving([{ status: 500, raw: '<html>' }], async (client) => {
  await assert.rejects(client.getUsage(), sdk.ServerError);
}));

test('a service that is away is a ConnectionFailed', async () => {
  const client = new sdk.VideoSystemClient('key', { baseUrl: 'http://127.0.0.1:9', maxRetries: 0 });
  await assert.rejects(client.getUsage(), sdk.ConnectionFailed);
});

test('wait tells every change and ends with the film', () => serving(
  ['pending', 'processing', 'completed'].map((status, at) => good({ task_id: 'task_1', status, progress: at * 50, video_url: null })),
  async (client) => {
    const told = [];
    const task = await client.wait('task_1', { every: 0.01, onProgress: ({ progress }) => told.push(progress) });

    assert.equal(task.status, 'completed');
    assert.deepEqual(told, [0, 50, 100]);
  },
));

test('wait throws for a film that will never be', () => serving(
  [good({ task_id: 'task_1', status: 'failed', progress: 3, video_url: null })],
  async (client) => assert.rejects(client.wait('task_1'), sdk.VideoFailed),
));

test('thumbnails come the best first', () => serving(
  [good({ thumbnails: [{ url: 'http://a/1.jpg', expires_at: '', at: 2.5, score: 0.75 }] })],
  async (client, asked) => {
    const thumbnails = await client.listThumbnails('task_1');
    assert.deepEqual(thumbnails.map((each) => [each.url, each.at]), [['http://a/1.jpg', 2.5]]);
    assert.equal(asked[0].url, '/videos/task_1/download?variant=thumbnails');
  },
));

test('a download sends no key to where the file is', () => serving(
  [good({ url: 'REPLACED', expires_at: '' })],
  async (client, asked) => {
    const files = createServer((request, response) => { files.seen = request.headers; response.end('film'); });
    await new Promise((resolve) => files.listen(0, '127.0.0.1', resolve));
    const link = `http://127.0.0.1:${files.address().port}/film.mp4`;
    await serving([good({ url: link, expires_at: '' })], async (inner) => {
      const film = await inner.downloadVideo('task_1');
      assert.equal(await film.text(), 'film');
      assert.equal(files.seen.authorization, undefined);
    });
    files.close();
    assert.equal(asked.length, 0);
    assert.ok(client);
  },
));

test('events come one by one', () => serving(
  [{ headers: { 'Content-Type': 'text/event-stream' }, raw: 'id: 1\nevent: progress\ndata: {"progress": 10}\n\n: heartbeat\n\nid: 2\nevent: completed\ndata: {}\n\n' }],
  async (client) => {
    const events = [];
    for await (const event of client.followVideo('task_1')) events.push(event);

    assert.deepEqual(events, [{ id: '1', name: 'progress', data: { progress: 10 } }, { id: '2', name: 'completed', data: {} }]);
  },
));

test('a follower who knows the end already hears nothing more', () => serving([{ status: 204, raw: '' }], async (client) => {
  for await (const event of client.followVideo('task_1', { lastEventId: '2' })) assert.fail(JSON.stringify(event));
}));

test('several statuses are asked for together', () => serving([good({ items: [], next_cursor: null, has_more: false })], async (client, asked) => {
  await client.listVideos({ status: ['failed', 'cancelled'], limit: 5 });

  assert.equal(asked[0].url, '/videos?limit=5&status=failed&status=cancelled');
}));

test('the webhook of one film goes with its brief', () => serving([good({ id: 'task_1' })], async (client, asked) => {
  await client.createVideo({ title: 'a', webhookUrl: 'https://hook.example/' });
  await client.estimateVideo({ title: 'a', webhookUrl: 'https://hook.example/' });

  for (const { text } of asked) assert.deepEqual(JSON.parse(text), { title: 'a', webhook_url: 'https://hook.example/' });
}));

test('an endpoint is made once', () => serving([bad(503), good({ id: 'hook_1', secret: 'whsec_' }, 201)], async (client, asked) => {
  const made = await client.createWebhook('https://hook.example/', { events: ['video.failed'] });

  assert.equal(made.secret, 'whsec_');
  assert.deepEqual(JSON.parse(asked[1].text), { url: 'https://hook.example/', events: ['video.failed'] });
  assert.equal(asked[0].headers['idempotency-key'], asked[1].headers['idempotency-key']);
}));

test('endpoints are listed, changed, rotated, tried and removed', () => serving(
  [good({ items: [{ id: 'hook_1' }] }), good({ id: 'hook_1' }), good({ enabled: false }), good({ secret: 'whsec_' }), good({ id: 'msg_1' }, 202), { status: 204, raw: '' }],
  async (client, asked) => {
    assert.deepEqual(await client.listWebhooks(), [{ id: 'hook_1' }]);
    await client.getWebhook('hook_1');
    await client.changeWebhook('hook_1', { enabled: false });
    await client.rotateWebhookSecret('hook_1', { overlapS: 0 });
    assert.equal((await client.testWebhook('hook_1')).id, 'msg_1');
    assert.equal(await client.removeWebhook('hook_1'), null);

    assert.deepEqual(asked.map(({ method, url, text }) => [method, url, text]), [
      ['GET', '/webhooks', ''],
      ['GET', '/webhooks/hook_1', ''],
      ['PATCH', '/webhooks/hook_1', '{"enabled":false}'],
      ['POST', '/webhooks/hook_1/rotate', '{"overlap_s":0}'],
      ['POST', '/webhooks/hook_1/test', ''],
      ['DELETE', '/webhooks/hook_1', ''],
    ]);
  },
));

test('the log of messages is read, and one is sent again', () => serving([good({ items: [], next_cursor: null, has_more: false })], async (client, asked) => {
  await client.listWebhookDeliveries({ webhookId: 'hook_1', videoId: 'task_1', limit: 5 });
  await client.getWebhookDelivery('msg_1');
  await client.redeliverWebhook('msg_1');

  assert.deepEqual(asked.map(({ method, url }) => `${method} ${url}`), [
    'GET /webhook-deliveries?webhook_id=hook_1&video_id=task_1&limit=5',
    'GET /webhook-deliveries/msg_1',
    'POST /webhook-deliveries/msg_1/redeliver',
  ]);
}));

test('silence is no reason to rotate or send twice', async () => {
  let tried = 0;
  const fetch = async () => { tried += 1; throw new TypeError('fetch failed'); };
  const client = new sdk.VideoSystemClient('key', { fetch });
  for (const ask of [() => client.rotateWebhookSecret('hook_1'), () => client.testWebhook('hook_1'), () => client.redeliverWebhook('msg_1')]) {
    await assert.rejects(ask(), sdk.ConnectionFailed);
  }

  assert.equal(tried, 3);
});

test('without a secret no webhook is believed', async () => {
  const at = String(Math.floor(Date.now() / 1000));
  const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': at, 'webhook-signature': 'v1,AAAA' };
  for (const secret of [undefined, '', 'whsec_', 'whsec_%']) {
    await assert.rejects(sdk.verifyWebhook('{}', headers, secret), sdk.WebhookInvalid);
  }
});

test('a webhook of the service is read, and others are refused', async () => {
  const secret = `whsec_${Buffer.from('s'.repeat(32)).toString('base64')}`;
  const headers = (body, { at = Math.floor(Date.now() / 1000), key = 's'.repeat(32) } = {}) => ({
    'Webhook-Id': 'msg_1',
    'webhook-timestamp': String(at),
    'webhook-signature': `v1,AAAA v1,${createHmac('sha256', key).update(`msg_1.${at}.${body}`).digest('base64')}`,
  });
  const body = '{"type":"video.completed"}';

  assert.deepEqual(await sdk.verifyWebhook(body, headers(body), secret), { type: 'video.completed' });
  for (const wrong of [{}, headers('{}'), headers(body, { at: 1 }), headers(body, { key: 'x'.repeat(32) })]) {
    await assert.rejects(sdk.verifyWebhook(body, wrong, secret), sdk.WebhookInvalid);
  }
});

test('the key is not among what a client shows', () => {
  assert.ok(!JSON.stringify(new sdk.VideoSystemClient('vs_live_secret')).includes('secret'));
});
