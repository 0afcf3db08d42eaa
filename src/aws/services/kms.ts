import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';

export const Client = KMSClient;

export const reads = {
  GetPublicKey: GetPublicKeyCommand,
  Sign: SignCommand,
};

export const changes = {};
