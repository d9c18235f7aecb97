export { cellWords } from './cell-words.ts';
export { flagWords } from './flag-words.ts';
export { signatureWords } from './signature-words.ts';
