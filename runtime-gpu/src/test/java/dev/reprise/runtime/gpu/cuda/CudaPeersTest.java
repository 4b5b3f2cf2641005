package dev.reprise.runtime.gpu.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.reprise.runtime.accelerator.AcceleratorProvider.Candidate;
import dev.reprise.runtime.gpu.Backend;
import dev.reprise.runtime.gpu.Devices;
import dev.reprise.runtime.gpu.PeersOnDevices;
import java.util.List;
import org.junit.jupiter.api.Test;

class CudaPeersTest extends PeersOnDevices {

  @Override
  protected List<Backend> open() {
    List<Candidate> found = Devices.cudaCandidates();
    assumeTrue(found.size() > 1, "cuda: there is one device only");
    return found.subList(0, 2).stream()
        .map(each -> (Backend) ((CudaProvider.Found) each).backend())
        .toList();
  }

  @Test
  void theSimulatedDriverHasTwoDevices() {
    assumeTrue(!Devices.isDriverInstalled(), "cuda: a driver is installed");
    assertThat(Devices.cudaCandidates())
        .extracting(each -> each.info().name())
        .containsExactly("cuda:0", "cuda:1");
  }
}
