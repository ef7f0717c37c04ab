// REST: what hosts and guests ask the server over HTTP. Everything live goes over the session's WebSocket.

import type { OscHap } from "../link/dirt.js";
import type { Layer, Role } from "../protocol.js";
import { sentence } from "./sentence.js";

export type Door = "open" | "ask";
/** The roles that an invite can give. */
export type InvitedRole = Exclude<Role, "host">;

/** A session, and what the asker is in it. */
export interface SessionInfo {
  id: string;
  title: string;
  state: "open" | "ended";
  created_at: string;
  role: Role;
  layers: Layer[];
  /** The asker's participant id. */
  you: string;
}

/** An invite without its secret, and who came by it. */
export interface InviteInfo {
  id: string;
  role: Role;
  /** Whom it lets in. */
  kind: "person" | "agent";
  state: "open" | "revoked" | "expired" | "used_up";
  created_at: string;
  expires_at: string;
  max_uses: number | null;
  uses: number;
  came: { participant: string; name: string; at: string }[];
}

/** What an invite is made of. */
export interface InviteTerms {
  role: InvitedRole;
  expires_in_s: number;
  max_uses: number | null;
  /** Whom it lets in: a person unless it says so. */
  kind?: "person" | "agent";
}

/** Somebody who ever came to a session. */
export interface PersonInfo {
  id: string;
  name: string;
  colour: string;
  kind: "person" | "agent";
  role: Role;
  is_guest: boolean;
  connections: number;
  joined_at: string;
  last_seen_at: string;
  invite: string | null;
  may_enter: boolean;
  banned: boolean;
}

/** Who may not come back. */
export interface BanInfo {
  id: string;
  participant: string | null;
  address: string | null;
  reason: string;
  by: string | null;
  at: string;
  until_at: string | null;
}

/** Whom to ban, for how long: null is for ever. */
export interface BanTerms {
  participant?: string;
  address?: string;
  reason?: string;
  expires_in_s: number | null;
}

/** Who a guest is in a session. */
export interface You {
  id: string;
  name: string;
  colour: string;
  role: Role;
}

/** A session that a guest's cookie opens. */
export interface GuestSession {
  id: string;
  title: string;
  state: "open" | "ended";
  you: You;
  expires_at: string;
}

/** What an invite is to. */
export interface Invitation {
  title: string;
  role: Role;
  /** The name of the host who made it. */
  by: string;
}

/** A request that came to nothing; its message is a sentence for people. */
export class ApiError extends Error {
  constructor(
    message: string,
    /** HTTP status; 0 when there was no answer. */
    readonly status: number,
    /** How long to wait before asking again; null when that is not said. */
    readonly retryAfter_s: number | null = null,
  ) {
    super(message);
  }
}

type Method = "GET" | "POST" | "PATCH" | "DELETE";
type Fetch = (url: string, init: RequestInit) => Promise<Response>;

const NO_ANSWER = "The server does not answer. Check your connection and try again.";

async function request<T>(
  fetcher: Fetch,
  url: string,
  method: Method,
  headers: Record<string, string>,
  body?: object,
): Promise<T> {
  const init: RequestInit = { method, headers, credentials: "same-origin", cache: "no-store" };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { ...headers, "Content-Type": "application/json" };
  }
  const response = await fetcher(url, init).catch(() => {
    throw new ApiError(NO_ANSWER, 0);
  });
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok && answer !== null) return answer as T;
  const detail = (answer as { detail?: unknown } | null)?.detail;
  const words = typeof detail === "string" ? sentence(detail) : `The server answered ${response.status}.`;
  const wait = Number(response.headers.get("Retry-After") ?? Number.NaN);
  throw new ApiError(words, response.status, Number.isFinite(wait) ? wait : null);
}

/** The value of Jupyter's XSRF cookie, which a page of its server sends along; empty when there is none. */
export function xsrfOf(cookies: string): string {
  const found = /(?:^|;\s*)_xsrf=([^;]*)/.exec(cookies);
  return found?.[1] === undefined ? "" : decodeURIComponent(found[1]);
}

/** What people who are logged in to the server can ask. `base` is its `…/algorave/`. */
export class HostApi {
  constructor(
    readonly base: string,
    readonly fetcher: Fetch = (url, init) => fetch(url, init),
    readonly cookies: () => string = () => document.cookie,
  ) {}

  sessions(): Promise<SessionInfo[]> {
    return this.#ask("GET", "sessions");
  }

  session(id: string): Promise<SessionInfo> {
    return this.#ask("GET", `sessions/${id}`);
  }

  /** Be in a session of this server, as a co-author when one is new. */
  enter(id: string): Promise<SessionInfo> {
    return this.#ask("POST", `sessions/${id}/enter`);
  }

  create(title: string): Promise<SessionInfo> {
    return this.#ask("POST", "sessions", { title });
  }

  change(id: string, what: { title?: string; state?: "ended"; door?: Door }): Promise<SessionInfo> {
    return this.#ask("PATCH", `sessions/${id}`, what);
  }

  async remove(id: string): Promise<void> {
    await this.#ask("DELETE", `sessions/${id}`);
  }

  async invites(id: string): Promise<InviteInfo[]> {
    const answer = await this.#ask<{ invites: InviteInfo[] }>("GET", `sessions/${id}/invites`);
    return answer.invites;
  }

  /** A new invite. The link is in this answer and nowhere else. */
  invite(id: string, terms: InviteTerms): Promise<{ link: string; invite: InviteInfo }> {
    return this.#ask("POST", `sessions/${id}/invites`, terms);
  }

  /** A link for an agent of one's own, which nobody else asks. What opened its place before opens nothing any more. */
  async seat(id: string): Promise<string> {
    return (await this.#ask<{ link: string }>("POST", `sessions/${id}/agent`)).link;
  }

  /** Takes an invite back; gives how many people are out by that. */
  async revoke(id: string, invite: string): Promise<number> {
    const answer = await this.#ask<{ removed: string[] }>("DELETE", `sessions/${id}/invites/${invite}`);
    return answer.removed.length;
  }

  async people(id: string): Promise<PersonInfo[]> {
    const answer = await this.#ask<{ participants: PersonInfo[] }>("GET", `sessions/${id}/participants`);
    return answer.participants;
  }

  async bans(id: string): Promise<BanInfo[]> {
    return (await this.#ask<{ bans: BanInfo[] }>("GET", `sessions/${id}/bans`)).bans;
  }

  async ban(id: string, terms: BanTerms): Promise<void> {
    await this.#ask("POST", `sessions/${id}/bans`, terms);
  }

  async lift(id: string, ban: string): Promise<void> {
    await this.#ask("DELETE", `sessions/${id}/bans/${ban}`);
  }

  /** Whether the server sends a session's haps by OSC when a host's page asks for it. */
  async sendsOsc(id: string): Promise<boolean> {
    return (await this.#ask<{ on: boolean }>("GET", `sessions/${id}/osc`)).on;
  }

  /** Sends haps by OSC. `page` is made up by the page: one page of a session sends. */
  async sendOsc(id: string, page: string, haps: readonly OscHap[]): Promise<void> {
    await this.#ask("POST", `sessions/${id}/osc`, { page, haps });
  }

  /** A link that logs one more browser in as host; only a server without notebooks gives it. */
  loginLink(): Promise<{ link: string; expires_in_s: number }> {
    return this.#ask("POST", "login-link");
  }

  /** Where the WebSocket of a session is. */
  socketUrl(id: string): string {
    return socketUrl(`${this.base}ws/${id}`);
  }

  #ask<T>(method: Method, path: string, body?: object): Promise<T> {
    const xsrf = method === "GET" ? "" : xsrfOf(this.cookies());
    const headers: Record<string, string> = xsrf === "" ? {} : { "X-XSRFToken": xsrf };
    return request<T>(this.fetcher, `${this.base}api/${path}`, method, headers, body);
  }
}

/** What a guest can ask. `base` is the server's `…/algorave/`. */
export class GuestApi {
  constructor(
    readonly base: string,
    readonly fetcher: Fetch = (url, init) => fetch(url, init),
  ) {}

  /** What an invite is to; null when it does not work, whatever the reason. */
  look(invite: string): Promise<Invitation | null> {
    return orNull(this.#ask("POST", "look", { invite }), 404);
  }

  /** Comes in by an invite, and the server gives the cookie; null when it does not work. */
  redeem(
    invite: string,
    name: string,
    colour: string,
  ): Promise<{ session: { id: string; title: string }; you: You } | null> {
    return orNull(this.#ask("POST", "redeem", { invite, name, colour }), 404);
  }

  /** The sessions that the cookie opens; none for who has no cookie. */
  async me(): Promise<GuestSession[]> {
    const answer = await orNull(this.#ask<{ sessions: GuestSession[] }>("GET", "me"), 401);
    return answer?.sessions ?? [];
  }

  /** Goes, on every device. */
  async leave(): Promise<void> {
    await this.#ask("POST", "leave", {});
  }

  /** A link for an agent of one's own, which nobody else asks. */
  async seat(id: string): Promise<string> {
    return (await this.#ask<{ link: string }>("POST", `agent/${id}`)).link;
  }

  /** Where the guests' WebSocket of a session is. */
  socketUrl(id: string): string {
    return socketUrl(`${this.base}guest/ws/${id}`);
  }

  #ask<T>(method: Method, path: string, body?: object): Promise<T> {
    return request<T>(this.fetcher, `${this.base}guest/api/${path}`, method, {}, body);
  }
}

/** What was answered; null for this one status. */
async function orNull<T>(answer: Promise<T>, status: number): Promise<T | null> {
  try {
    return await answer;
  } catch (why) {
    if (why instanceof ApiError && why.status === status) return null;
    throw why;
  }
}

function socketUrl(url: string): string {
  return url.replace(/^http/, "ws");
}
