import { hexBytes, md5 } from '@ijw/binary';
import type { Certificate } from 'pkijs';
import type { ChainedCertificate } from './checked-signer.ts';
import { verifyRsa } from './rsa-signature.ts';
import { digestName, identityOf, type SignatureLibraries } from './signed-data.ts';

/** No real chain is as long; issuers that sign each other would have none of their own. */
const MAXIMUM_LENGTH = 16;
/** Certificates of one name that are tried: a root that was renewed, a cross certificate. */
const MAXIMUM_CANDIDATES = 8;

/** The result of a check; `undefined` if it cannot be made: the algorithm is missing or the key is invalid. */
export async function checked(check: () => Promise<boolean>): Promise<boolean | undefined> {
  try {
    return await check();
  } catch {
    return undefined;
  }
}

/** From a certificate to its issuer's, and on, as far as the file holds them. */
export async function certificateChain(
  libraries: SignatureLibraries,
  certificates: readonly Certificate[],
  first: Certificate,
): Promise<readonly ChainedCertificate[]> {
  const chain: ChainedCertificate[] = [];
  const seen = new Set<Certificate>();
  for (let current: Certificate | undefined = first; current !== undefined && !seen.has(current); ) {
    if (chain.length === MAXIMUM_LENGTH) break;
    seen.add(current);
    const selfSigned: boolean = current.issuer.isEqual(current.subject);
    const { issuer, verified } = await findIssuer(libraries, selfSigned ? [current] : certificates, current);
    chain.push({
      ...identityOf(current),
      ...(verified !== undefined && { signatureVerified: verified }),
      ...(selfSigned && { selfSigned }),
    });
    current = issuer;
  }
  return chain;
}

interface Issuer {
  readonly issuer?: Certificate;
  readonly verified?: boolean | undefined;
}

/** Old certificates are signed over MD5 digests. `undefined` for others. */
function verifyMd5(libraries: SignatureLibraries, issuer: Certificate, subject: Certificate): boolean | undefined {
  if (digestName(subject.signatureAlgorithm.algorithmId) !== 'MD5') return undefined;
  const signature = subject.signatureValue.valueBlock.valueHexView;
  const digest = hexBytes(md5(subject.tbsView));
  return verifyRsa(libraries, { certificate: issuer, signature, algorithm: 'MD5', digest, bareDigest: false });
}

/** The certificate of the issuer's name whose key made the signature; where none did, the first of that name. */
async function findIssuer(libraries: SignatureLibraries, certificates: readonly Certificate[], subject: Certificate): Promise<Issuer> {
  const named = certificates.filter((certificate) => certificate.subject.isEqual(subject.issuer)).slice(0, MAXIMUM_CANDIDATES);
  let first: Issuer = {};
  for (const issuer of named) {
    const verified = (await checked(() => subject.verify(issuer, libraries.engine))) || verifyMd5(libraries, issuer, subject);
    if (verified) return { issuer, verified };
    if (first.issuer === undefined) first = { issuer, verified };
  }
  return first;
}
