import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as sdk from '../src/index.js';
import { good, serving } from '../support/serving.js';

const ACCEPTED = { task_id: 'task_1', status: 'pending', estimated_time: 60 };
const SENT_ON = ['generateVideo', 'createVideo', 'estimateVideo'];
const METHODS = Object.getOwnPropertyNames(sdk.VideoSystemClient.prototype).filter((name) => name !== 'constructor');

/** What a method gives or throws, with an id wherever one is needed. */
async function ask(client, name, options) {
  const asked = client[name](...Array(client[name].length).fill('task_1'), ...(options ? [options] : []));
  return asked?.next ? asked.next() : asked;
}

for (const [name, order] of Object.entries({
  settings: { settings: { duration: 20, resolution: '540p', format: 'mp4' } },
  flat: { settings: { format: 'mp4' }, duration: 20, resolution: '540p' },
  'twice the same': { settings: { duration: 20, resolution: '540p', format: 'mp4' }, duration: 20 },
})) {
  test(`settings are sent from wherever they are: ${name}`, () => serving([good(ACCEPTED, 202)], async (client, asked) => {
    await client.generateVideo({ title: 'a', description: 'b', template: 'c', ...order });

    assert.deepEqual(JSON.parse(asked[0].text), {
      title: 'a', description: 'b', template: 'c', settings: { duration: 20, resolution: '540p', format: 'mp4' },
    });
  }));
}

test('the same thing given twice has to be the same', () => serving([good(ACCEPTED, 202)], async (client, asked) => {
  assert.throws(() => client.generateVideo({ title: 'a', settings: { duration: 20 }, duration: 30 }), /TypeError: duration is given twice, as 20 and 30/);
  assert.throws(() => client.createVideo({ title: 'a', webhook_url: 'https://a/', webhookUrl: 'https://b/' }), /webhook_url is given twice/);

  assert.equal(asked.length, 0);
}));

test('an option that is unknown here is refused by name, or is the service’s to refuse', () => serving([good({ items: [] })], async (client, asked) => {
  for (const name of METHODS.filter((each) => !SENT_ON.includes(each))) {
    const needed = { scenes: [], filename: 'a', url: 'a', text: 'a', platform: 'folder', title: 'a', scheduledAt: 'a' };
    await assert.rejects(ask(client, name, { ...needed, nonsense: 1 }), (error) => error instanceof TypeError && /unknown option: .*nonsense/.test(error.message), name);
  }
  assert.equal(asked.length, 0);

  for (const name of SENT_ON) await client[name]({ title: 'a', nonsense: 1 });
  for (const { text } of asked) assert.deepEqual(JSON.parse(text), { title: 'a', nonsense: 1 });
  assert.equal(asked.length, SENT_ON.length);
}));

test('an option of the client that is unknown is refused', () => {
  assert.throws(() => new sdk.VideoSystemClient('key', { base_url: 'http://a' }), /TypeError: unknown option: base_url/);
});

test('what is missing is said', () => serving([good({})], async (client, asked) => {
  const missing = {
    generateVideo: 'title', createVideo: 'title, or a trend instead', estimateVideo: 'title, or a trend instead', changeScript: 'scenes',
    uploadAsset: 'filename', importAsset: 'url', publishVideo: 'platform, title', reschedulePublication: 'scheduledAt', infer: 'text',
  };
  for (const [name, what] of Object.entries(missing)) {
    await assert.rejects(ask(client, name), { name: 'TypeError', message: `missing: ${what}` }, name);
  }

  assert.equal(asked.length, 0);
}));

test('no method needs its options to say what is wrong', () => serving([good({ items: [], models: [], trends: [], thumbnails: [] })], async (client) => {
  for (const name of METHODS) await ask(client, name).catch((error) => assert.doesNotMatch(error.message, /destructure/, name));
}));

test('one status is asked for as one', () => serving([good({ items: [], next_cursor: null, has_more: false })], async (client, asked) => {
  await client.listVideos({ status: 'completed' });
  await client.listPublications({ status: 'published' });

  assert.deepEqual(asked.map(({ url }) => url), ['/videos?status=completed', '/social/publications?status=published']);
}));
