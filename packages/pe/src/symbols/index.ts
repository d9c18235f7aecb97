export { type CoffAuxiliary, StorageClass } from './coff-auxiliary.ts';
export {
  type CoffSymbol,
  type CoffSymbolInput,
  type CoffSymbolTable,
  readCoffSymbolTable,
  type WrittenSymbolTable,
  writeCoffSymbolTable,
} from './coff-symbol-table.ts';
