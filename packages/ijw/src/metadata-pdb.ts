export * from '@ijw/metadata/pdb';
