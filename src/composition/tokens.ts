import type { Clock } from '../kernel/clock.ts';
import type { EventBus } from '../kernel/events.ts';
import type { Ids } from '../kernel/ids.ts';
import type { Mailer } from '../kernel/mail.ts';
import type { LiveRooms } from '../modules/chat/adapters/live/live-rooms.ts';
import type { Presence } from '../modules/chat/adapters/live/presence.ts';
import type { ChatStorage } from '../modules/chat/application/ports.ts';
import type { SendMessage } from '../modules/chat/application/send-message.ts';
import type { SameSite } from '../modules/identity/adapters/http/same-site.ts';
import type { SessionCookies } from '../modules/identity/adapters/http/session-cookies.ts';
import type { KeycloakServer } from '../modules/identity/adapters/keycloak/keycloak-server.ts';
import type { SigningKeys } from '../modules/identity/adapters/paseto/signing-keys.ts';
import type { PersonalTokens } from '../modules/identity/adapters/personal-tokens.ts';
import type { VerifiedTokens } from '../modules/identity/adapters/verified-tokens.ts';
import type { CreateUser } from '../modules/identity/application/create-user.ts';
import type { CredentialThrottle } from '../modules/identity/application/credential-throttle.ts';
import type { IntrospectToken } from '../modules/identity/application/introspect-token.ts';
import type { OpenAccount } from '../modules/identity/application/open-account.ts';
import type {
  AccessTokens,
  AccessWatch,
  AccountMailer,
  DeviceTokens,
  IdentityProvider,
  IdentityStorage,
  OneTimeTokens,
  PasswordHasher,
  RefreshTokens,
} from '../modules/identity/application/ports.ts';
import type { ResetPassword } from '../modules/identity/application/reset-password.ts';
import type { SetUpAdministrator, SetupToken } from '../modules/identity/application/set-up-administrator.ts';
import type { SignIn } from '../modules/identity/application/sign-in.ts';
import type { PasswordPolicy } from '../modules/identity/domain/password-policy.ts';
import type { SessionLifetimes } from '../modules/identity/domain/session.ts';
import type { JobStorage } from '../modules/jobs/application/ports.ts';
import type { OperationStorage } from '../modules/operations/application/ports.ts';
import type { PostStorage } from '../modules/posts/application/ports.ts';
import type { RosterStorage } from '../modules/roster/application/ports.ts';
import type { InsightSource, TaskStorage } from '../modules/tasks/application/ports.ts';
import type { TodoStorage } from '../modules/todos/application/ports.ts';
import type { BackgroundService } from '../platform/background-service.ts';
import type { Cache } from '../platform/cache/cache.ts';
import type { Settings } from '../platform/configuration/settings.ts';
import type { Api } from '../platform/http/endpoint.ts';
import type { ExportedData } from '../platform/http/exported-data.ts';
import type { Health } from '../platform/http/health.ts';
import type { RepeatedRequests } from '../platform/http/repeated-requests.ts';
import type { Authenticate } from '../platform/http/serve-endpoint.ts';
import type { AnswerWork } from '../platform/idempotency/stored-answers.ts';
import type { Limits } from '../platform/limits/limits.ts';
import type { Log } from '../platform/logging/log.ts';
import type { Metrics } from '../platform/metrics/metrics.ts';
import type { Outbound } from '../platform/outbound/outbound.ts';
import type { SecretKey } from '../platform/secrets/secret-key.ts';
import type { Storage } from '../platform/storage.ts';
import type { SocketProtocol } from '../platform/ws/protocol.ts';
import type { SocketAuthentication } from '../platform/ws/socket-authentication.ts';
import { token } from './token.ts';

/** Everything in the container that more than one place, a test or the command line asks for. */
export const tokens = {
  settings: token<Settings>('Settings'),
  log: token<Log>('Log'),
  mailer: token<Mailer>('Mailer'),
  metrics: token<Metrics>('Metrics'),
  health: token<Health>('Health'),
  limits: token<Limits>('Limits'),
  outbound: token<Outbound>('Outbound'),
  clock: token<Clock>('Clock'),
  ids: token<Ids>('Ids'),
  secretKey: token<SecretKey>('SecretKey'),
  events: token<EventBus>('EventBus'),
  storage: token<Storage>('Storage'),
  cache: token<Cache>('Cache'),
  answerWork: token<AnswerWork>('AnswerWork'),
  repeatedRequests: token<RepeatedRequests>('RepeatedRequests'),
  removeExpiredAnswers: token<BackgroundService>('RemoveExpiredAnswers'),
  /** Of all contexts. */
  personalData: token<readonly ExportedData[]>('PersonalData'),

  identityStorage: token<IdentityStorage>('IdentityStorage'),
  identityProvider: token<IdentityProvider>('IdentityProvider'),
  identityApi: token<Api>('IdentityApi'),
  authenticate: token<Authenticate>('Authenticate'),
  socketAuthentication: token<SocketAuthentication>('SocketAuthentication'),
  sessionCookies: token<SessionCookies>('SessionCookies'),
  sameSite: token<SameSite>('SameSite'),
  personalTokens: token<PersonalTokens>('PersonalTokens'),
  keycloakServer: token<KeycloakServer>('KeycloakServer'),
  credentialThrottle: token<CredentialThrottle>('CredentialThrottle'),
  passwordPolicy: token<PasswordPolicy>('PasswordPolicy'),
  passwordHasher: token<PasswordHasher>('PasswordHasher'),
  deviceTokens: token<DeviceTokens>('DeviceTokens'),
  refreshTokens: token<RefreshTokens>('RefreshTokens'),
  sessionLifetimes: token<SessionLifetimes>('SessionLifetimes'),
  verifiedTokens: token<VerifiedTokens>('VerifiedTokens'),
  revocationWatch: token<BackgroundService>('RevocationWatch'),
  accessWatch: token<AccessWatch>('AccessWatch'),
  signingKeys: token<SigningKeys>('SigningKeys'),
  accessTokens: token<AccessTokens>('AccessTokens'),
  oneTimeTokens: token<OneTimeTokens>('OneTimeTokens'),
  accountMailer: token<AccountMailer>('AccountMailer'),
  setupToken: token<SetupToken>('SetupToken'),
  openAccount: token<OpenAccount>('OpenAccount'),
  setUpAdministrator: token<SetUpAdministrator>('SetUpAdministrator'),
  signIn: token<SignIn>('SignIn'),
  resetPassword: token<ResetPassword>('ResetPassword'),
  introspectToken: token<IntrospectToken>('IntrospectToken'),
  createUser: token<CreateUser>('CreateUser'),

  postStorage: token<PostStorage>('PostStorage'),
  postApi: token<Api>('PostApi'),
  postData: token<ExportedData>('PostData'),

  todoStorage: token<TodoStorage>('TodoStorage'),
  todoApi: token<Api>('TodoApi'),
  todoData: token<ExportedData>('TodoData'),

  rosterStorage: token<RosterStorage>('RosterStorage'),
  rosterApi: token<Api>('RosterApi'),
  heroData: token<ExportedData>('HeroData'),

  taskStorage: token<TaskStorage>('TaskStorage'),
  taskInsightSources: token<readonly InsightSource[]>('TaskInsightSources'),
  taskApi: token<Api>('TaskApi'),
  taskData: token<ExportedData>('TaskData'),

  operationStorage: token<OperationStorage>('OperationStorage'),
  operationApi: token<Api>('OperationApi'),
  operationData: token<ExportedData>('OperationData'),

  chatStorage: token<ChatStorage>('ChatStorage'),
  chatApi: token<Api>('ChatApi'),
  hearsOthers: token<() => boolean>('HearsOthers'),
  sendMessage: token<SendMessage>('SendMessage'),
  liveRooms: token<LiveRooms>('LiveRooms'),
  presence: token<Presence>('Presence'),
  chatProtocol: token<SocketProtocol>('ChatProtocol'),
  liveService: token<BackgroundService>('LiveService'),
  presenceService: token<BackgroundService>('PresenceService'),
  roomData: token<ExportedData>('RoomData'),
  messageData: token<ExportedData>('MessageData'),

  jobStorage: token<JobStorage>('JobStorage'),
  jobApi: token<Api>('JobApi'),
  jobData: token<ExportedData>('JobData'),
  oldJobsRemoval: token<BackgroundService>('OldJobsRemoval'),
} as const;
