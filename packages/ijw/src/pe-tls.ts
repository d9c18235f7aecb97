export * from '@ijw/pe/tls';
