// A double of the network between one browser and the service: sockets and requests with a delay, which arrive in order,
// or not at all.

import type { Connection, Service } from "./service.ts";
import type { Tab } from "./tab.ts";
import type { World } from "./world.ts";

/** A close frame that names no code, and a connection that ended without one (RFC 6455 §7.1.5). */
const [NO_CODE, BROKEN] = [1005, 1006];
/** So long the service believes in a connection whose client has gone silently; milliseconds. */
const SILENCE = 60_000;

export class Network {
  readonly #world: World;
  readonly #service: Service;
  readonly #sockets = new Set<Socket>();
  isOnline = true;
  /** The time of one way, in milliseconds. */
  delay = 10;

  constructor(world: World, service: Service) {
    this.#world = world;
    this.#service = service;
  }

  /** How many sockets are open, as the pages believe. */
  get open(): number {
    return [...this.#sockets].filter(({ readyState }) => readyState === 1).length;
  }

  socketOf(tab: Tab): typeof WebSocket {
    const network = this;
    return class extends Socket {
      constructor(address: URL, protocols: string[]) {
        super(network, tab, address, protocols);
      }
    } as unknown as typeof WebSocket;
  }

  fetchOf(tab: Tab): typeof fetch {
    return ((address: URL, init: { headers: { Authorization: string } }) =>
      new Promise((resolve, reject) => {
        const token = init.headers.Authorization.replace("Bearer ", "");
        this.#world.after(this.delay, () => {
          if (!this.isOnline) return tab.enter(() => reject(new TypeError("no network")));
          const { status, body } = this.#service.list(address, token);
          const answer = { status, ok: status < 300, json: () => Promise.resolve(structuredClone(body)) };
          tab.later(() => resolve(answer), this.delay);
        });
      })) as unknown as typeof fetch;
  }

  /** Sockets that were open when the network went stay silent for ever. */
  setOnline(online: boolean): void {
    this.isOnline = online;
    if (!online) for (const socket of this.#sockets) socket.silence();
  }

  /** Sockets fall silent, and nobody is told. */
  silence(): void {
    for (const socket of this.#sockets) socket.silence();
  }

  /** A tab is gone. */
  release(tab: Tab): void {
    for (const socket of this.#sockets) if (socket.tab === tab) socket.vanish();
  }

  after(act: () => void, milliseconds: number = this.delay): void {
    this.#world.after(milliseconds, act);
  }

  /** In order, though the delay changes. @param before until then everything has arrived that was sent before */
  follow(before: number, act: () => void): number {
    const due = Math.max(before, this.#world.elapsed + this.delay);
    this.#world.after(due - this.#world.elapsed, act);
    return due;
  }

  begin(socket: Socket): void {
    this.#sockets.add(socket);
    this.after(() => {
      if (this.isOnline) this.#service.accept(socket);
      else socket.end(BROKEN, "");
    });
  }

  forget(socket: Socket): void {
    this.#sockets.delete(socket);
  }
}

/** The client's side; the service has it as the wire of a `Connection`. */
export class Socket extends EventTarget {
  readonly tab: Tab;
  readonly address: URL;
  readonly protocols: string[];
  readonly #network: Network;
  #connection: Connection | null = null;
  #isSilent = false;
  /** Until then everything has arrived that was sent before, here and there. */
  readonly #arrived = { here: 0, there: 0 };
  readyState = 0;

  constructor(network: Network, tab: Tab, address: URL, protocols: string[]) {
    super();
    if (protocols.some((name) => !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)))
      throw new DOMException("a subprotocol is malformed", "SyntaxError");
    this.#network = network;
    this.tab = tab;
    this.address = address;
    this.protocols = protocols;
    if (tab.isAlive) network.begin(this);
  }

  // --- The page's side

  send(text: string): void {
    if (this.readyState === 0) throw new DOMException("it isn't open yet", "InvalidStateError");
    if (this.readyState !== 1) return;
    this.#send(() => this.#isSilent || this.#connection?.receive(text));
  }

  close(): void {
    if (this.readyState >= 2) return;
    this.readyState = 2;
    this.#send(() => {
      this.#connection?.left();
      this.#connection = null;
      this.end(NO_CODE, "");
    });
  }

  // --- The service's side

  opened(connection: Connection): void {
    this.#connection = connection;
    this.#deliver(() => {
      if (this.readyState !== 0) return;
      this.readyState = 1;
      this.dispatchEvent(new Event("open"));
    });
  }

  deliver(text: string): void {
    this.#deliver(() => {
      if (this.readyState === 1) this.dispatchEvent(Object.assign(new Event("message"), { data: text }));
    });
  }

  /** The connection ends, for the page too. */
  end(code: number, reason: string): void {
    this.#deliver(() => {
      if (this.readyState === 3) return;
      this.readyState = 3;
      this.#network.forget(this);
      this.dispatchEvent(Object.assign(new Event("close"), { code, reason }));
    });
  }

  /** Nothing comes through any more, in either direction. */
  silence(): void {
    if (this.#isSilent) return;
    this.#isSilent = true;
    this.#network.after(() => this.#connection?.left(), SILENCE);
  }

  vanish(): void {
    this.#network.forget(this);
    this.#network.after(() => this.#connection?.left());
  }

  #send(act: () => void): void {
    this.#arrived.there = this.#network.follow(this.#arrived.there, act);
  }

  #deliver(act: () => void): void {
    this.#arrived.here = this.#network.follow(this.#arrived.here, () => {
      // A page learns of its own network's end without it.
      if (this.#isSilent && this.readyState !== 2) return;
      this.tab.enter(act);
    });
  }
}
