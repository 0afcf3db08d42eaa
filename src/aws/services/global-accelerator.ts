import {
  DescribeAcceleratorCommand,
  DescribeEndpointGroupCommand,
  GlobalAcceleratorClient,
  ListAcceleratorsCommand,
  ListEndpointGroupsCommand,
  ListListenersCommand,
  UpdateEndpointGroupCommand,
} from '@aws-sdk/client-global-accelerator';

export const Client = GlobalAcceleratorClient;

export const reads = {
  DescribeAccelerator: DescribeAcceleratorCommand,
  DescribeEndpointGroup: DescribeEndpointGroupCommand,
  ListAccelerators: ListAcceleratorsCommand,
  ListEndpointGroups: ListEndpointGroupsCommand,
  ListListeners: ListListenersCommand,
};

export const changes = { UpdateEndpointGroup: UpdateEndpointGroupCommand };
