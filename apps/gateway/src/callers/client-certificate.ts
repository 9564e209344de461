import { hash } from 'node:crypto';

/**
 * The thumbprint (SHA-256 of the DER form, base64url, as in `cnf.x5t#S256` of RFC 8705) of the certificate that a proxy names in a header;
 * undefined when there is none or it cannot be read, as when a client sent such a header too and the two were joined. Read are
 * the certificate as in RFC 9440 (`:base64:`), escaped PEM (nginx `$ssl_client_escaped_cert`) and a SHA-256 in hex (HAProxy
 * `%[ssl_c_der,sha2(256),hex]`).
 */
export function certificateThumbprint(header: string | string[] | undefined): string | undefined {
  if (typeof header !== 'string') return undefined;
  if (/^[\da-f]{64}$/i.test(header)) return Buffer.from(header, 'hex').toString('base64url');
  const der = /^:([A-Za-z\d+/]+=*):$/.exec(header)?.[1] ?? pem.exec(unescaped(header))?.[1];
  return der && hash('sha256', Buffer.from(der, 'base64'), 'base64url');
}

const pem = /^-----BEGIN CERTIFICATE-----([A-Za-z\d+/=\s]+)-----END CERTIFICATE-----\s*$/;

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
