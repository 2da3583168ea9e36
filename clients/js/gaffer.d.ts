export class GafferError extends Error {
  readonly status: number;
  readonly error: string;
}

export interface GafferOptions {
  /** `https://host:port`; empty in a page that gafferd itself has served. */
  url?: string;
  token?: string;
  /** Of Node: gafferd's unix socket in the place of `url`. */
  socketPath?: string;
}

export interface Process {
  slot: number;
  pid: number;
  os_pid: number;
  state: string;
  reason?: string;
  [more: string]: unknown;
}

export interface Template {
  name: string;
  cmd: string;
  numprocesses: number;
  processes: Process[];
  [more: string]: unknown;
}

export type GafferEvent =
  | { event: 'gap'; from: number; to: number }
  | { event: string; revision: number; time: number; name: string; slot?: number; pid?: number; os_pid?: number;
      exit_status?: number; term_signal?: number; reason?: string };

export interface Line {
  /** `web.1` */
  source: string;
  label: string;
  /** Of its first byte in the stream. */
  offset: number;
  /** The offset behind it, where to go on. */
  end: number;
  /** Without the newline. */
  data: Uint8Array;
  text: string;
  /** False: what comes next belongs to the same line. */
  isWhole: boolean;
  /** So many bytes right before it are no longer kept. */
  gap: number;
  time?: string;
}

export interface Terminal {
  readonly socket: WebSocket;
  write(typed: string): void;
  resize(rows: number, columns: number): void;
  close(): void;
}

export class Gaffer {
  constructor(options?: GafferOptions);
  request(method: string, path: string,
          options?: { body?: object | string | Uint8Array; query?: object; signal?: AbortSignal }): Promise<any>;
  status(target?: string): Promise<Template[]>;
  add(template: object): Promise<any>;
  update(name: string, template: object): Promise<any>;
  remove(target: string): Promise<any>;
  start(target: string): Promise<any>;
  stop(target: string): Promise<any>;
  restart(target: string): Promise<any>;
  reload(target: string): Promise<any>;
  signal(target: string, name: string): Promise<any>;
  scale(name: string, expression: number | string): Promise<any>;
  runOnce(name: string, env?: Record<string, string>): Promise<number>;
  write(target: string, bytes: string | Uint8Array): Promise<any>;
  events(options?: { topic?: string; since?: number; signal?: AbortSignal }): AsyncGenerator<GafferEvent>;
  output(target: string, options?: { label?: string; lines?: number | 'all'; offset?: number; follow?: boolean;
                                     signal?: AbortSignal }): AsyncGenerator<Line>;
  terminal(target: string, options?: { lines?: number | 'all'; labels?: string }): Terminal;
}
