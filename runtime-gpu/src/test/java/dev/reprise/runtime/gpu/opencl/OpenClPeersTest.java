package dev.reprise.runtime.gpu.opencl;

import dev.reprise.runtime.gpu.Backend;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.PeersOnDevices;
import java.util.List;

/** One device opened twice: two contexts, as two devices have. */
class OpenClPeersTest extends PeersOnDevices {

  @Override
  protected List<Backend> open() {
    DeviceFacts facts = ((OpenClProvider.Found) Devices.openclCandidate()).facts();
    return List.of(
        new OpenClBackend(facts, new DeviceContexts()),
        new OpenClBackend(facts, new DeviceContexts()));
  }
}
