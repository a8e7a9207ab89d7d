import assert from 'node:assert/strict';
import { test } from 'node:test';

import * as sdk from '../src/index.js';
import { good, serving } from '../support/serving.js';

const films = (...statuses) => statuses.map((status) => good({ task_id: 'task_1', status, progress: 10, video_url: null }));

for (const every of [0.4, 30]) test(`the whole time is waited and no more, every ${every} s`, () => serving(films('processing'), async (client, asked) => {
  const begun = performance.now();
  await assert.rejects(client.wait('task_1', { timeout: 0.5, every }), (error) => (
    error instanceof sdk.WaitTimeout && !(error instanceof sdk.VideoFailed) && error.code === 'TIMEOUT'
    && error.message === 'the video task_1 is processing after 0.5 s'
  ));
  const took = performance.now() - begun;

  assert.ok(took >= 499 && took < 15_000, `${took} ms`);
  assert.ok(asked.length >= 2);
}));

test('a film that is done in the last moment is no timeout', () => serving(films('processing', 'completed'), async (client) => {
  assert.equal((await client.wait('task_1', { timeout: 0.2, every: 60 })).status, 'completed');
}));

test('without time there is one look', () => serving(films('processing'), async (client, asked) => {
  await assert.rejects(client.wait('task_1', { timeout: 0 }), sdk.WaitTimeout);

  assert.equal(asked.length, 1);
}));

test('a script that waits for approval ends the wait', () => serving(films('processing', 'awaiting_review'), async (client) => {
  const told = [];
  await assert.rejects(client.wait('task_1', { every: 0.01, onProgress: ({ status }) => told.push(status) }), (error) => (
    error instanceof sdk.ReviewNeeded && error.code === 'AWAITING_REVIEW' && error.message === 'the script of task_1 waits for approveScript'
  ));

  assert.deepEqual(told, ['processing', 'awaiting_review']);
}));

test('a review by somebody else can be waited through', () => serving(
  films('awaiting_review', 'processing', 'completed'),
  async (client) => {
    assert.equal((await client.wait('task_1', { every: 0.01, throughReview: true })).status, 'completed');
  },
));
