// A client of gafferd's HTTP API for browsers and Node 18 and later, without dependencies. gaffer.d.ts has its types.
//
//     const gaffer = new Gaffer({ url: 'https://host:5000', token: 'gaffer_…' });
//     const gaffer = new Gaffer({ socketPath: '/run/gaffer/gaffer.sock' });    // Node only
//     await gaffer.restart('web');
//     for await (const event of gaffer.events({ topic: 'proc.web' })) console.log(event.event);
//
// Whatever changes something is answered when it has come about. Events and output go on by themselves after a
// disconnect, where they were cut off.

const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5000;
const HEARTBEAT = 20; // Seconds. A silence of twice that means that the other side is gone.

/** What gafferd answers instead: `error` for programs, the message for people. */
export class GafferError extends Error {
  constructor(status, error, reason) {
    super(reason);
    this.name = 'GafferError';
    this.status = status;
    this.error = error;
  }
}

export class Gaffer {
  #url;
  #token;
  #socketPath;

  constructor({ url = '', token = '', socketPath = '' } = {}) {
    this.#url = url.replace(/\/$/, '');
    this.#token = token;
    this.#socketPath = socketPath;
  }

  /** Any route, see GET /openapi.json. An object is sent as JSON, a Uint8Array or a string as bytes. */
  async request(method, path, { body, query, signal } = {}) {
    const answer = await this.#send(method, path, { body, query, signal });
    return content(answer, await text(answer.chunks));
  }

  async status(target) {
    const path = target === undefined ? '/status' : `/status/${encodeURIComponent(target)}`;
    return (await this.request('GET', path)).templates;
  }
  add(template) { return this.request('POST', '/processes', { body: template }); }
  update(name, template) { return this.request('PUT', processAt(name), { body: template }); }
  remove(target) { return this.request('DELETE', processAt(target)); }
  start(target) { return this.request('POST', `${processAt(target)}/_start`); }
  stop(target) { return this.request('POST', `${processAt(target)}/_stop`); }
  restart(target) { return this.request('POST', `${processAt(target)}/_restart`); }
  reload(target) { return this.request('POST', `${processAt(target)}/_reload`); }
  signal(target, name) { return this.request('POST', `${processAt(target)}/_signal/${encodeURIComponent(name)}`); }
  scale(name, expression) { return this.request('POST', `${processAt(name)}/_scale/${encodeURIComponent(expression)}`); }
  async runOnce(name, env = {}) {
    return (await this.request('POST', `${processAt(name)}/_commit`, { body: { env } })).pid;
  }
  write(target, bytes) { return this.request('POST', `${processAt(target)}/_write`, { body: bytes }); }

  /** What happens, for ever: a record `{event: 'gap', from, to}` tells that some are no longer known. */
  async *events({ topic = '.', since, signal } = {}) {
    let revision = since ?? (await this.request('GET', '/daemon', { signal })).revision;
    yield* resumed(signal, () => this.#follow('/events', { topic, since: revision }, signal), (event) => {
      revision = event.event === 'gap' ? event.to : event.revision;
      return event;
    });
  }

  /** What a process writes into a stream: from `offset` on, or with the last `lines` of the past, or only what comes. */
  async *output(target, { label = 'output', lines, offset, follow = true, signal } = {}) {
    const ends = new Map(); // Of several processes only what comes from then on is read after a disconnect.
    const query = () => (ends.size === 0 ? { lines, offset } : ends.size === 1 ? { offset: [...ends.values()][0] } : {});
    const path = `/streams/${encodeURIComponent(target)}/${encodeURIComponent(label)}`;
    const read = () => this.#follow(path, { ...query(), format: 'json', follow }, signal);
    yield* resumed(signal, read, (record) => {
      const line = lineOf(record);
      ends.set(line.source, line.end);
      return line;
    }, follow);
  }

  /** A WebSocket that is the terminal of a process: see docs/guide/api.md. Browsers, and Node 22 and later. */
  terminal(target, { lines, labels } = {}) {
    const base = (this.#url || globalThis.location?.origin || '').replace(/^http/, 'ws');
    const path = `/wstreams/${encodeURIComponent(target)}${search({ lines, labels, control: true })}`;
    const socket = new WebSocket(base + path, this.#token ? ['gaffer', this.#token] : ['gaffer']);
    socket.binaryType = 'arraybuffer';
    return {
      socket,
      write: (typed) => socket.send(JSON.stringify({ write: typed })),
      resize: (rows, columns) => socket.send(JSON.stringify({ resize: { rows, columns } })),
      close: () => socket.close(1000),
    };
  }

  async *#follow(path, query, signal) {
    const answer = await this.#send('GET', path, {
      query: { feed: 'continuous', heartbeat: HEARTBEAT, ...query }, signal, isEndless: true });
    if (answer.status !== 200) content(answer, await text(answer.chunks));
    const decoder = new TextDecoder();
    let rest = '';
    for await (const chunk of answer.chunks) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
      rest = parts.pop();
      for (const part of parts) if (part.trim()) yield JSON.parse(part);
    }
  }

  async #send(method, path, { body, query, signal, isEndless = false } = {}) {
    const headers = this.#token ? { Authorization: `Bearer ${this.#token}` } : {};
    const isBytes = typeof body === 'string' || body instanceof Uint8Array;
    if (body !== undefined) headers['Content-Type'] = isBytes ? 'application/octet-stream' : 'application/json';
    const payload = body === undefined || isBytes ? body : JSON.stringify(body);
    const target = path + search(query);
    if (this.#socketPath) return overSocket(this.#socketPath, method, target, headers, payload, signal, isEndless);
    const response = await fetch(this.#url + target, { method, headers, body: payload, signal });
    return { status: response.status, type: response.headers.get('content-type') ?? '', chunks: chunksOf(response) };
  }
}

function processAt(target) { return `/processes/${encodeURIComponent(target)}`; }

function search(query = {}) {
  const wanted = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  return wanted.length === 0 ? '' : `?${new URLSearchParams(wanted)}`;
}

async function* chunksOf(response) {
  const reader = response.body.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => {}); // Whoever stops to listen does not leave it open.
  }
}

async function overSocket(socketPath, method, path, headers, payload, signal, isEndless) {
  const http = await import('node:http');
  if (payload !== undefined) headers['Content-Length'] = new TextEncoder().encode(payload).length;
  if (payload instanceof Uint8Array) headers['Content-Length'] = payload.length;
  const response = await new Promise((resolve, reject) => {
    const request = http.request({ socketPath, method, path, headers, signal, agent: false }, resolve);
    request.on('error', reject);
    if (isEndless) request.setTimeout(2000 * HEARTBEAT, () => request.destroy(new Error('silence')));
    request.end(payload);
  });
  return { status: response.statusCode, type: response.headers['content-type'] ?? '', chunks: response };
}

async function text(chunks) {
  const decoder = new TextDecoder();
  let all = '';
  for await (const chunk of chunks) all += decoder.decode(chunk, { stream: true });
  return all;
}

function content(answer, body) {
  const isJson = answer.type.startsWith('application/json') && body !== '';
  const value = isJson ? JSON.parse(body) : body;
  if (answer.status < 400) return value;
  throw new GafferError(answer.status, value.error ?? 'failed', value.reason ?? body.trim());
}

function lineOf(record) {
  const data = record.base64 === undefined
    ? new TextEncoder().encode(record.text)
    : Uint8Array.from(atob(record.base64), (byte) => byte.charCodeAt(0));
  const isWhole = record.partial !== true;
  return { source: record.source, label: record.label, offset: record.offset, data,
    text: record.text ?? new TextDecoder().decode(data), isWhole, gap: record.gap ?? 0, time: record.time,
    end: record.offset + data.length + (isWhole ? 1 : 0) };
}

async function* resumed(signal, read, take, resumes = true) {
  let pause = FIRST_PAUSE;
  while (true) {
    try {
      for await (const record of read()) {
        pause = FIRST_PAUSE;
        yield take(record);
      }
      if (!resumes) return;
    } catch (error) {
      if (!resumes || error instanceof GafferError || signal?.aborted) throw error;
    }
    await new Promise((resolve) => { setTimeout(resolve, pause); });
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }
}
