export * from '@ijw/pe/debug';
