// A real OpenID Connect provider on loopback for the tests of sign-in. Whoever enters is who the test said last
// (POST /next), and the token that is handed out has the fault that it asked for.
//
//     node provider.mjs <port> <redirect_uri> <client_id> <client_secret>

import { generateKeyPairSync } from 'node:crypto';
import { Provider } from 'oidc-provider';
import { SignJWT, decodeJwt, importJWK } from 'jose';

const [port, redirectUri, clientId, clientSecret] = process.argv.slice(2);
const issuer = `http://127.0.0.1:${port}`;
const key = () => ({
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  kid: 'key', alg: 'RS256', use: 'sig',
});
const own = key();
const strange = key();
let next = { claims: {}, fault: '', seconds: 3600 };

async function signed(claims, jwk) {
  return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'key' }).sign(await importJWK(jwk, 'RS256'));
}

const base64 = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const hour = 3600;
const faults = {
  'another key': (claims) => signed(claims, strange),
  'changed after signing': (claims, token) => {
    const [head, , signature] = token.split('.');
    return `${head}.${base64({ ...claims, email: 'board@example.com' })}.${signature}`;
  },
  'not signed': (claims) => `${base64({ alg: 'none' })}.${base64(claims)}.`,
  'signed with the client secret': (claims) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(clientSecret)),
  'over': (claims) => signed({ ...claims, iat: claims.iat - 2 * hour, exp: claims.iat - hour }, own),
  'another issuer': (claims) => signed({ ...claims, iss: 'https://elsewhere.example' }, own),
  'another application': (claims) => signed({ ...claims, aud: 'elsewhere' }, own),
  'another sign-in': (claims) => signed({ ...claims, nonce: 'elsewhere' }, own),
  'missing': () => undefined,
};

const provider = new Provider(issuer, {
  clients: [{
    client_id: clientId, client_secret: clientSecret,
    redirect_uris: [redirectUri], post_logout_redirect_uris: [redirectUri],
  }],
  jwks: { keys: [own] },
  cookies: { keys: ['of a test'] },
  claims: { openid: ['sub', 'groups'], email: ['email', 'email_verified'], profile: ['name'] },
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/enter/${interaction.uid}` },
  ttl: { IdToken: () => next.seconds },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...next.claims }) }),
  async loadExistingGrant(ctx) {
    const { client, session } = ctx.oidc;
    const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope('openid email profile');
    await grant.save();
    return grant;
  },
});

provider.use(async (ctx, proceed) => {
  if (ctx.path === '/next') {
    let body = '';
    for await (const part of ctx.req) body += part;
    next = { claims: {}, fault: '', seconds: hour, ...JSON.parse(body) };
    ctx.status = 204;
    return;
  }
  if (ctx.path.startsWith('/enter/')) {
    await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: next.claims.email ?? 'somebody' } });
    ctx.respond = false;
    return;
  }
  await proceed();
  if (ctx.path === '/token' && next.fault) {
    const token = ctx.body.id_token;
    ctx.body = { ...ctx.body, id_token: await faults[next.fault](decodeJwt(token), token) };
  }
});

provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
