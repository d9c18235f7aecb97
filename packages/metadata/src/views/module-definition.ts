import type { Metadata } from '../metadata.ts';
import { TableId } from '../tables/table-id.ts';
import { type ModuleToken, makeToken } from '../tables/token.ts';
import { type CustomAttribute, customAttributes } from './custom-attribute.ts';

/** The row of Module (ECMA-335 II.22.30). Getters read when asked and throw `BadImageError`. */
export class ModuleDefinition {
  readonly metadata: Metadata;
  readonly token: ModuleToken = makeToken(TableId.Module, 1);

  private constructor(metadata: Metadata) {
    this.metadata = metadata;
  }

  /** `undefined` for a portable PDB. */
  static of(metadata: Metadata): ModuleDefinition | undefined {
    return metadata.tables.Module.rowCount === 0 ? undefined : new ModuleDefinition(metadata);
  }

  get name(): string {
    return this.metadata.strings.get(this.metadata.tables.Module.get(1, 'Name'));
  }

  /** Counts generations of edit-and-continue; 0 for a module that was not edited. */
  get generation(): number {
    return this.metadata.tables.Module.get(1, 'Generation');
  }

  /** The GUID that tells this build from every other. */
  get mvid(): string | undefined {
    return this.metadata.guids.get(this.metadata.tables.Module.get(1, 'Mvid'));
  }

  get customAttributes(): CustomAttribute[] {
    return customAttributes(this.metadata, this.token);
  }
}
