import { GetTopicAttributesCommand, ListTopicsCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';

export const Client = SNSClient;
export const reads = { GetTopicAttributes: GetTopicAttributesCommand, ListTopics: ListTopicsCommand };
export const changes = { Publish: PublishCommand };
