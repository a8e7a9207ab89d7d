import { createServer } from 'node:http';

import { VideoSystemClient } from '../src/index.js';

export const good = (data, status = 200) => ({ status, body: { success: true, data, message: '操作成功' } });

/** A server that gives `answers` in turn, the last one for ever, and keeps what it was asked. */
export async function serving(answers, run) {
  const asked = [];
  const left = [...answers];
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => { text += chunk; });
    request.on('end', () => {
      asked.push({ method: request.method, url: request.url, headers: request.headers, text });
      const { status = 200, headers = {}, body, raw } = left.length > 1 ? left.shift() : left[0];
      response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
      response.end(raw ?? JSON.stringify(body));
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${server.address().port}`;
  try {
    return await run(new VideoSystemClient('vs_live_secret', { baseUrl }), asked);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
