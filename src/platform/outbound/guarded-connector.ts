import { type LookupAddress, lookup as resolveName } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { OutboundFailure } from './outbound-failure.ts';
import { isPublicAddress } from './public-address.ts';

type Resolve = (
  hostname: string,
  options: { readonly all: true; readonly family?: number; readonly hints?: number },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

export interface ConnectorOptions {
  /** Milliseconds for the name, the connection and TLS. */
  readonly timeout: number;
  readonly allowPrivate: boolean;
  readonly resolve?: Resolve;
}

/**
 * Opens connections for undici, to public addresses only unless private ones are allowed. What is looked at is the
 * very address that is connected to: a name that is resolved once more, to something else, could not slip through.
 */
export function guardedConnector({
  timeout,
  allowPrivate,
  resolve = resolveName,
}: ConnectorOptions): buildConnector.connector {
  // HTTP/2 would put any number of requests on one connection, and connections are what is counted.
  const connect = buildConnector({
    timeout,
    allowH2: false,
    ...(!allowPrivate && { lookup: publicLookup(resolve) }),
  });
  if (allowPrivate) return connect;
  return (options, callback) => {
    // Nobody looks up what is an address already.
    if (isIP(options.hostname) !== 0 && !isPublicAddress(options.hostname))
      callback(new OutboundFailure('refused_address'), null);
    else connect(options, callback);
  };
}

/** Finds the public addresses of a name, and passes the others over. */
export function publicLookup(resolve: Resolve): LookupFunction {
  return (hostname, { family, hints, all }, callback) => {
    const options = {
      all: true as const,
      ...(typeof family === 'number' && { family }),
      ...(hints !== undefined && { hints }),
    };
    resolve(hostname, options, (error, addresses) => {
      if (error) return callback(error, '');
      const [first, ...others] = addresses.filter(({ address }) => isPublicAddress(address));
      if (!first) callback(new OutboundFailure('refused_address'), '');
      else if (all) callback(null, [first, ...others]);
      else callback(null, first.address, first.family);
    });
  };
}
