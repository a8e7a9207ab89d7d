/** Server-sent events of an answer's body. Source: HTML standard, 9.2.6. */
export async function* eventsOf(body) {
  const decoder = new TextDecoder();
  let rest = '';
  let event = { id: '', name: '', data: [] };
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      const lines = (rest + decoder.decode(value, { stream: true })).split(/\r\n|\n|\r/);
      rest = lines.pop();
      for (const line of lines) {
        if (line) {
          const at = line.indexOf(':');
          const name = at < 0 ? line : line.slice(0, at);
          const text = at < 0 ? '' : line.slice(at + 1).replace(/^ /, '');
          if (name === 'data') event.data.push(text);
          else if (name === 'event') event.name = text;
          else if (name === 'id') event.id = text;
        } else {
          if (event.data.length) yield { id: event.id, name: event.name || 'message', data: JSON.parse(event.data.join('\n')) };
          event = { id: event.id, name: '', data: [] };
        }
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
