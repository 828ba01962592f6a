import type { Scope, SessionId, UserId, Verified } from '../../../kernel/principal.ts';
import type { Device } from '../domain/session.ts';
import type { User } from '../domain/user.ts';
import type { InvitationView, Revocation, SessionView, UserView } from './storage.ts';

/** What the storages give is declared in a file of its own. */
export * from './storage.ts';

export interface PasswordHasher {
  /**
   * A PHC string that says its own parameters.
   * @throws ServerBusy, as `verify` does, where too many wait for theirs
   */
  hash(password: string): Promise<string>;
  /** Takes as long for an unknown user (`undefined`) as for a known one, so that time does not tell them apart. */
  verify(hash: string | undefined, password: string): Promise<boolean>;
  /** Whether it was made with other parameters than hashes are made with now. */
  isOutdated(hash: string): boolean;
}

export interface RefreshToken {
  readonly token: string;
  /** SHA-256 of the part that all tokens of the session share. */
  readonly familyHash: string;
  /** SHA-256 of the whole. */
  readonly hash: string;
}

/** Random strings, each of a family: 256 bits that the family shares, and 256 of its own. */
export interface RefreshTokens {
  first(): RefreshToken;
  successorOf(predecessor: string): RefreshToken;
  /** What is known of a presented token, or undefined where it is none. */
  read(token: string): RefreshToken | undefined;
  /** Encrypts a token under a key that is derived from its predecessor. */
  seal(token: string, predecessor: string): string;
  open(sealed: string, predecessor: string): string;
}

/** Secrets that are sent by mail, and how they are kept. */
export interface OneTimeTokens {
  create(): { readonly token: string; readonly hash: string };
  hashOf(token: string): string;
}

/** Random strings that let a socket in once, and how what they stand for is kept. */
export interface SocketTickets {
  create(): { readonly ticket: string; readonly hash: string };
  /** Undefined where it can be none. */
  hashOf(ticket: string): string | undefined;
  /** Encrypts an access token, so that a copy of the storage opens nothing. */
  seal(accessToken: string): string;
  /** Undefined where it was encrypted under another key. */
  open(sealed: string): string | undefined;
}

/**
 * Shows that somebody signed in on a device before (OWASP, Slow Down Online Guessing Attacks with Device Cookies). Each is
 * of one account, for 400 days, and good for nothing once the password has been changed.
 */
export interface DeviceTokens {
  /** What tells this device from others, or undefined where none of the tokens is good for the account. */
  deviceOf(tokens: readonly string[], account: DeviceAccount): string | undefined;
  /** The tokens with which the device goes on: a new one of the account, and those of others who share it. */
  renew(tokens: readonly string[], account: DeviceAccount): readonly string[];
}

export type DeviceAccount = Pick<User, 'id' | 'passwordChangedAt'>;

export type Recipient = Pick<UserView, 'email' | 'username' | 'fullName' | 'isVerified'>;

/** Where and when somebody signed in. */
export type SignInPlace = Pick<SessionView, 'deviceName' | 'address' | 'createdAt'>;

/** Sends the mails about accounts. @throws where a mail could not be sent */
export interface AccountMailer {
  verification(to: Recipient, token: string): Promise<void>;
  passwordReset(to: Recipient, token: string): Promise<void>;
  passwordChanged(to: Recipient, at: Date): Promise<void>;
  newSignIn(to: Recipient, where: SignInPlace): Promise<void>;
  invitation(to: Pick<InvitationView, 'email' | 'expiresAt'>, token: string): Promise<void>;
  /** To the address of before. */
  emailChanged(email: string, at: Date): Promise<void>;
  /** The names of who wrote there are not known any more. */
  accountDeleted(email: string, at: Date): Promise<void>;
}

/** What an access token says. */
export interface AccessClaims {
  readonly userId: UserId;
  readonly sessionId: SessionId;
  readonly scopes: readonly Scope[];
}

/** What a good one says. */
export interface GoodClaims extends AccessClaims {
  readonly issuedAt: Date;
  readonly expiresAt: Date;
}

export interface AccessTokens {
  /** `expiresIn` in seconds. */
  issue(claims: AccessClaims): Promise<{ readonly token: string; readonly expiresIn: number }>;
  /** @throws InvalidToken */
  verify(token: string): Promise<GoodClaims>;
  /** What others can verify tokens with, the newest first; none where tokens say nothing by themselves. */
  publicKeys(): Promise<readonly PublishedKey[]>;
}

/** A key that verifies access tokens, as PASERK (`k4.public`). */
export interface PublishedKey {
  readonly id: string;
  readonly publicKey: string;
}

export type GrantRequest =
  | {
      readonly type: 'password';
      readonly login: string;
      readonly password: string;
      readonly scopes: readonly string[];
      readonly device: Device;
      /** What the device was given when somebody signed in on it. */
      readonly deviceTokens?: readonly string[];
      /** Of a client that may keep no cookies. */
      readonly network?: string;
    }
  | { readonly type: 'refresh_token'; readonly refreshToken: string; readonly scopes: readonly string[] };

/** RFC 6749, section 5.1. */
export interface TokenSet {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresIn: number;
  readonly scopes: readonly Scope[];
  /** By which the device is known at the next sign-in; undefined where this was none. */
  readonly deviceTokens?: readonly string[];
}

/** Where people come from: this server's own accounts, or another server that keeps them. */
export interface IdentityProvider {
  /** @throws InvalidToken, InactiveUser */
  verify(accessToken: string): Promise<Verified>;
  /** @throws InvalidGrant, InvalidScope */
  grant(request: GrantRequest): Promise<TokenSet>;
  /** Ends the session of an access or refresh token; does nothing where it is neither. */
  revoke(token: string): Promise<void>;
}

/** Tells this process what somebody may not do any more, or may do otherwise, once it looks their tokens up anew. */
export interface AccessWatch {
  /** The same revocation may be told more than once. Gives what ends the telling. */
  onRevoked(handler: (revocation: Revocation) => void): () => void;
}
