export * from '@ijw/pe/load-config';
