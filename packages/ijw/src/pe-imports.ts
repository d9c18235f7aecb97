export * from '@ijw/pe/imports';
