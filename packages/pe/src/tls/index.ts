export { readTlsDirectory, type TlsDirectory, type TlsDirectoryInput, tlsDirectoryPart } from './tls-directory.ts';
